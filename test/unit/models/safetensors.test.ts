import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import { inspectSafetensors } from '../../../src/main/models/safetensors';
import { readSafetensors } from '../../../src/main/models/safetensors/read';

const folder = mkdtempSync(join(tmpdir(), 'penumbra-safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(header: object | string, data: Uint8Array = new Uint8Array()): string {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(folder, 'weights.safetensors');
  writeFileSync(file, Buffer.concat([length, text, data]));
  return file;
}

const tensor = (dtype: string, shape: number[], begin: number, end: number) => ({
  ...{ dtype, shape },
  data_offsets: [begin, end],
});

describe('numbers', () => {
  test('of every kind of fraction are read; whole numbers are left out', async () => {
    const data = Buffer.alloc(24);
    data.writeFloatLE(1.5, 0);
    data.writeUInt16LE(0xc000, 4); // float16 -2
    data.writeUInt16LE(0x3e80, 6); // bfloat16 0.25
    data.writeDoubleLE(-3, 8);
    const arrays = await readSafetensors(
      written(
        {
          __metadata__: { format: 'pt' },
          a: tensor('F32', [], 0, 4),
          b: tensor('F16', [1], 4, 6),
          c: tensor('BF16', [1, 1], 6, 8),
          d: tensor('F64', [1], 8, 16),
          e: tensor('I64', [1], 16, 24),
        },
        data,
      ),
    );
    expect(Object.entries(arrays).map(([name, { values }]) => [name, values[0]])).toEqual([
      ...[
        ['a', 1.5],
        ['b', -2],
        ['c', 0.25],
        ['d', -3],
      ],
    ]);
  });

  test.each([
    [
      'a header longer than the file',
      () => {
        const file = written({});
        writeFileSync(file, Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125]));
        return file;
      },
    ],
    ['a header that is not JSON', () => written('{"a": ')],
    ['an end beyond the file', () => written({ a: tensor('F32', [1], 0, 400) }, new Uint8Array(4))],
    ['a shape that does not fit', () => written({ a: tensor('F32', [1e9, 1e9], 0, 4) }, new Uint8Array(4))],
    ['negative places', () => written({ a: tensor('F32', [1], -4, 0) }, new Uint8Array(4))],
    ['no places', () => written({ a: null })],
    [
      'nothing',
      () => {
        const file = written({});
        writeFileSync(file, '');
        return file;
      },
    ],
  ])('%s is unreadable', async (_what, file) => {
    await expect(readSafetensors(file())).rejects.toMatchObject({ code: 'ENCODER_UNREADABLE' });
  });

  test('whatever bytes come, they are read or refused with a sentence', async () => {
    const header = fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom('__proto__', 'layer1.0.conv1.weight', 'conv1.weight', 'conv_stem.weight'),
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          dtype: fc.constantFrom('F32', 'F16', 'I64', 'constructor'),
          shape: fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }),
          data_offsets: fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 3 }),
        }),
      ),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 40 }), async (entries, data) => {
        await inspectSafetensors(written(entries, data)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(PenumbraError);
          expect((error as PenumbraError).code).toMatch(/^ENCODER_(UNREADABLE|UNSUPPORTED)$/);
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

test('weights of another network are refused with what does not fit', async () => {
  const file = written({ 'encoder.weight': tensor('F32', [1], 0, 4) }, new Uint8Array(4));
  await expect(inspectSafetensors(file)).rejects.toMatchObject({
    code: 'ENCODER_UNSUPPORTED',
    message: expect.stringContaining('ONNX'),
  });
});
