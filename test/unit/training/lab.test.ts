import { expect, test } from 'vitest';
import { QUICK_ROWS } from '../../../src/main/lab/mnist/rows';
import type { MnistReport } from '../../../src/main/lab/mnist/types';
import { runLabJob } from '../../../src/main/training/jobs/lab';
import type { LabJob } from '../../../src/main/training/protocol';
import { contextOf } from './jobSupport';

const job: LabJob = {
  ...{ kind: 'lab', experiment: 'mnist', images: [], classes: [] },
  config: { seed: 3, seeds: 1, quick: true },
};

test('an experiment that was broken off takes its finished parts from the checkpoint', async () => {
  const parts = Object.fromEntries(
    QUICK_ROWS.map(({ key }, i) => [`${key}, seed 3`, { error: i, curve: [], images: null }]),
  );
  const context = contextOf({ checkpoint: { step: 0, arrays: {}, state: { parts } } });
  const result = await runLabJob(job, context);
  const report = (result as { report: MnistReport }).report;
  expect(report.seeds).toEqual([3]);
  expect(report.rows.map(({ error }) => error)).toEqual(QUICK_ROWS.map((_, i) => [i]));
  expect(context.sent.filter(({ type }) => type === 'checkpoint')).toEqual([]);
});

test('a stop is obeyed between parts, and what is known stays known', async () => {
  const parts = { 'raw, seed 3': { error: 2, curve: [], images: null } };
  const context = contextOf({ checkpoint: { step: 1, arrays: {}, state: { parts } } });
  context.breathe = async () => 'stop';
  await expect(runLabJob(job, context)).rejects.toMatchObject({ code: 'STOPPED' });
  expect(parts).toEqual({ 'raw, seed 3': { error: 2, curve: [], images: null } });
});
