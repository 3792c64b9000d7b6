import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labImagesIn } from '../../../src/main/api/labImages';
import { keepResult, keptResult, Parts } from '../../../src/main/api/labResults';
import type { ToyReport } from '../../../src/main/lab/toy/types';
import type { LabJob } from '../../../src/main/training/protocol';
import { type Opened, openProgram, scanned, writeImage } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
});
afterEach(() => program.close());

const row = { sigma: 1, entropy: 3, fixedBest: 0.9, leak: false, irrelevantMore: [1] };
const report = (accuracy: number): ToyReport => ({
  ...{ experiment: 'toy', seeds: [1], steps: 1, testPoints: 1 },
  rows: [{ ...row, learned: [accuracy], bounded: [0.9], fixed: [0.8], separate: [0.8] }],
  picture: { sigma: 1, points: [[1, 2]], labels: [0], answers: [0], deviations: [[1, 1]] },
});

test('a result is kept where one is: in the open project, and in the data directory while there is none', async () => {
  const { workspace } = program;
  const keep = (accuracy: number) =>
    keepResult(workspace, {
      ...{ experiment: 'toy', report: report(accuracy), seconds: 1, finishedAt: '2026-01-01T00:00:00Z' },
    });
  const learned = () => {
    const { rows } = keptResult(workspace, 'toy')!.report as unknown as ToyReport;
    return rows[0]!.learned;
  };
  expect(keptResult(workspace, 'toy')).toBeNull();
  keep(0.91);
  await scanned(program);
  expect(learned()).toEqual([0.91]);
  keep(0.95);
  expect(learned()).toEqual([0.95]);
  expect(keptResult(workspace, 'toy')!.claims.length).toBeGreaterThan(0);
  await program.client.project.close();
  expect(learned()).toEqual([0.91]);
});

test('parts of an attempt are gone on with by the same wish only', () => {
  const job: LabJob = {
    ...{ kind: 'lab', experiment: 'mnist', images: [], classes: [] },
    config: { seed: 1, seeds: 3, quick: true },
  };
  const partsOf = (seed: number) => new Parts(program.workspace, { ...job, config: { ...job.config, seed } });
  expect(partsOf(1).checkpoint).toBeNull();
  const checkpoint = { step: 1, arrays: {}, state: { parts: { 'raw, seed 1': { error: 7.5 } } } };
  partsOf(1).keep(checkpoint);
  expect(partsOf(1).checkpoint).toEqual(checkpoint);
  expect(partsOf(2).checkpoint).toBeNull();
  partsOf(1).forget();
  expect(partsOf(1).checkpoint).toBeNull();
});

test('images of a folder: classes with enough of them, a test split or every fifth kept, object masks beside them, what cannot be read left out', async () => {
  const folder = join(program.root, 'photos');
  await expect(labImagesIn(program.images)).rejects.toMatchObject({ code: 'TOO_FEW_IMAGES' });
  for (const name of ['cat', 'dog'])
    for (let i = 0; i < 10; i++) await writeImage(join(folder, name, `${i}.png`));
  await writeImage(join(folder, 'fish', '1.png'));
  writeFileSync(join(folder, 'cat', 'broken.png'), 'This is no image.');
  await writeImage(join(folder, 'masks', 'cat', '3.png'));
  const { images, classes } = await labImagesIn(folder);
  expect(classes).toEqual(['cat', 'dog']);
  expect(images).toHaveLength(20);
  expect(images.filter(({ test }) => test)).toHaveLength(4);
  expect(images.filter(({ object }) => object).map(({ file }) => file)).toEqual([
    join(folder, 'cat', '3.png'),
  ]);
  for (const name of ['cat', 'dog'])
    for (let i = 0; i < 8; i++) await writeImage(join(folder, 'test', name, `${i}.png`));
  const split = await labImagesIn(folder);
  expect(split.images.filter(({ test }) => test)).toHaveLength(16);
  expect(split.images.every(({ test, file }) => test === file.startsWith(join(folder, 'test')))).toBe(true);
});
