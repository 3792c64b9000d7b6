/** Both masks in one run, as the queue keeps them. */
import { afterEach, expect, test } from 'vitest';
import { deserialise } from '../../../src/main/models/serialise';
import type { MaskModelSpec } from '../../../src/main/models/spec';
import type { ProjectStore } from '../../../src/main/store/types';
import type { MapsJob, MaskJob } from '../../../src/main/training/protocol';
import { createRunQueue } from '../../../src/main/training/queue';
import type { PlannedRun } from '../../../src/main/training/types';
import { Events, encoderResult, FakeWorkers, maskModel, newProject, threeRuns } from './fakes';

let store: ProjectStore;
afterEach(() => store.close());

const joint = { budgetRange: [0.2, 0.6], outputStride: 4, objective: 'nt-xent' };

/** An encoder, both masks of one run, and the maps of the second. */
function jointRuns(): PlannedRun[] {
  const [encoder, mask, maps] = threeRuns() as [PlannedRun, PlannedRun, PlannedRun];
  return [
    encoder,
    { ...mask, config: { ...mask.config, joint } },
    { ...mask, mask: 'negative', after: { planned: 1 }, config: { ...mask.config, partner: true } },
    { ...maps, mask: 'negative', after: { planned: 2 } },
  ];
}

test('the second mask is taken from the first run, without training, and its maps follow', async () => {
  store = newProject();
  const workers = new FakeWorkers();
  const events = new Events();
  const queue = createRunQueue({ store, emit: events.emit, spawn: workers.spawn, workerFile: 'worker.js' });
  const [, positive, negative] = queue.add(jointRuns()).map(({ id }) => id);
  await workers.next('start');
  workers.current.say({ type: 'done', result: encoderResult });

  const trained = (await workers.next('start')).job as MaskJob;
  expect(trained).toMatchObject({ kind: 'mask', mask: 'positive', joint });
  const other: MaskModelSpec = { ...maskModel, weights: { w: { shape: [1], values: Float32Array.of(7) } } };
  const partner = { model: other, warnings: ['It is weak.'] };
  workers.current.say({
    type: 'done',
    result: { kind: 'mask', model: { ...maskModel, partner }, warnings: [] },
  });

  const maps = (await workers.next('start')).job as MapsJob;
  expect(maps).toMatchObject({ kind: 'maps', mask: 'negative' });
  expect([...maps.maskModel.weights.w!.values]).toEqual([7]);
  expect(queue.summary(positive!)).toMatchObject({ status: 'done', warnings: [] });
  expect(queue.summary(negative!)).toMatchObject({ status: 'done', warnings: ['It is weak.'] });
  expect(deserialise<MaskModelSpec>(store.runResult(negative!)!)).toEqual(other);
  workers.current.say({ type: 'done', result: { kind: 'maps', failed: [] } });
  await queue.settled();
});
