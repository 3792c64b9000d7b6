/** Every call of the contract with input that nobody would send in good faith: it is refused in words, never a fault of ours. */
import { chdir, cwd } from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { contract } from '../../../src/contract';
import { type Opened, openProgram, scanned } from './support';

interface Procedure {
  '~orpc': { inputSchema?: z.ZodType };
}
type Call = (input: unknown) => Promise<unknown>;

const procedures = Object.entries(contract).flatMap(([area, calls]) =>
  Object.entries(calls as Record<string, Procedure>).map(([name, procedure]) => ({
    area,
    name,
    keys: keysOf(procedure['~orpc'].inputSchema),
  })),
);

/** These answer to anything, by doing what they are for: they end the project or the wait, or compute. */
const WITHOUT_INPUT = new Set([
  'project.openSample',
  'project.close',
  'events.subscribe',
  'device.doctor',
  'device.bench',
]);

function keysOf(schema: z.ZodType | undefined): string[] {
  return schema && 'shape' in schema ? Object.keys(schema.shape as object) : [];
}

const HOSTILE: unknown[] = [
  ...[
    '../../etc/passwd',
    '/dev/null/x',
    '\0',
    'a'.repeat(300),
    '__proto__',
    "'; DROP TABLE images; --",
    '\ud800',
  ],
  ...[-1, 0, 0.5, 1e308, 2 ** 53, Number.MAX_SAFE_INTEGER, Number.NaN, Number.POSITIVE_INFINITY, -0],
  ...[null, true, [], {}, [[[]]], { __proto__: null, toString: 1 }],
];
const value = fc.oneof(fc.constantFrom(...HOSTILE), fc.jsonValue({ maxDepth: 3 }));
const inputFor = (keys: string[]) =>
  fc.oneof(
    value,
    fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] }),
    fc.record(Object.fromEntries([...keys, 'constructor'].map((key) => [key, value]))),
  );

let program: Opened;
let home: string;
beforeAll(async () => {
  program = await openProgram();
  await scanned(program);
  // Relative paths, should one get through, end in the test's own folder.
  home = cwd();
  chdir(program.root);
});
afterAll(async () => {
  chdir(home);
  await program.close();
});

describe.each(procedures.filter(({ area, name }) => !WITHOUT_INPUT.has(`${area}.${name}`)))(
  'the call $area.$name',
  ({ area, name, keys }) => {
    it('refuses what does not fit, with a code and a sentence', async () => {
      const call = (program.client as unknown as Record<string, Record<string, Call>>)[area]![name]!;
      await fc.assert(
        fc.asyncProperty(inputFor(keys), async (input) => {
          const failure = await call(input).then(
            () => null,
            (error: { data?: { code?: string }; message: string }) => error,
          );
          if (!failure) return;
          expect(failure.data?.code, failure.message.slice(0, 300)).not.toBe('INTERNAL');
          expect(failure.data?.code).toMatch(/^[A-Z_]+$/);
          expect(failure.message).toMatch(/\.$/);
        }),
        { seed: 7, numRuns: 60 },
      );
    });
  },
);
