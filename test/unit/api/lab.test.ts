import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MonotonePoint, MonotoneReport } from '../../../src/main/lab/monotone/types';
import { type Opened, openProgram } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
});
afterEach(() => program.close());

const point = (strength: number): MonotonePoint => ({
  ...{ strength, bits: 2, measuredBits: [1.9], accuracy: [0.5], bestAccuracy: 0.6 },
});
const report: MonotoneReport = {
  ...{ experiment: 'monotone', seeds: [1], steps: 1, levels: 16 },
  noise: [0.1, 1].map((strength) => ({ ...point(strength), gaussianBits: 3 })),
  ...{ mask: [1, 0.1].map(point), quantised: [1, 0.1].map(point) },
};
const kept = { experiment: 'monotone', report, seconds: 12, finishedAt: '2026-01-02T03:04:05.000Z' };

function write(name: string, content: unknown): void {
  const folder = join(program.root, 'data', 'lab');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

test('what was kept of an experiment comes back with its figures, drawn anew', async () => {
  expect(await program.client.lab.kept()).toEqual([]);
  write('monotone.json', kept);
  const [found, ...others] = await program.client.lab.kept();
  expect(others).toEqual([]);
  expect(found).toMatchObject(kept);
  expect(found!.figures.length).toBeGreaterThan(0);
  for (const { name, svg } of found!.figures) expect([name, svg.slice(0, 10)]).toEqual([name, '<svg xmlns']);
});

test.each<[string, unknown]>([
  ['half a file', JSON.stringify(kept).slice(0, 100)],
  ['the file of another version', { ...kept, report: { experiment: 'monotone', curves: [] } }],
  ['something else', { any: 'thing' }],
])('%s is no result, and does not stand in the way of others', async (_, content) => {
  write('monotone.json', content);
  expect(await program.client.lab.kept()).toEqual([]);
});
