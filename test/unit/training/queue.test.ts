import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import type { ProjectStore } from '../../../src/main/store/types';
import type { JobResult, MapsJob } from '../../../src/main/training/protocol';
import { createRunQueue } from '../../../src/main/training/queue';
import type { RunQueue } from '../../../src/main/training/types';
import {
  checkpointAt,
  Events,
  encoderResult,
  encoderSpec,
  FakeWorkers,
  maskModel,
  maskResult,
  newProject,
  threeRuns,
} from './fakes';

let store: ProjectStore;
let workers: FakeWorkers;
let events: Events;
let queue: RunQueue;

const open = (stopWithinMs?: number): RunQueue =>
  createRunQueue({ store, emit: events.emit, spawn: workers.spawn, workerFile: 'worker.js', stopWithinMs });

beforeEach(() => {
  store = newProject();
  workers = new FakeWorkers();
  events = new Events();
  queue = open();
});

afterEach(() => {
  vi.useRealTimers();
  store.close();
});

const point = (step: number) => ({
  step,
  loss: 1,
  distance: null,
  bits: null,
  accuracy: null,
  msPerStep: 100,
  memoryMb: 300,
});
const status = (id: number): string => queue.summary(id).status;
const ids = (): [number, number, number] =>
  queue
    .summaries()
    .map(({ id }) => id)
    .sort((a, b) => a - b) as [number, number, number];

/** Starts the three runs and answers the encoder's, so that the mask's job is with the worker. */
async function upToTheMask(): Promise<void> {
  queue.add(threeRuns());
  await workers.next('start');
  workers.current.say({ type: 'done', result: encoderResult });
  await workers.next('start');
}

describe('order', () => {
  test('runs go one after another, and what one makes reaches the next', async () => {
    queue.add(threeRuns());
    const [encoder, mask, maps] = ids();
    const first = await workers.next('start');
    expect(first.job.kind).toBe('encoder');
    expect([status(encoder), status(mask), status(maps)]).toEqual(['running', 'queued', 'queued']);
    workers.current.say(
      { type: 'engine', name: 'fake engine', device: 'wasm' },
      { type: 'done', result: encoderResult },
    );

    const second = await workers.next('start');
    expect(store.run(encoder)).toMatchObject({ status: 'done', engine: 'fake engine', step: 10 });
    const made = store.encoders();
    expect(made).toMatchObject([
      { name: 'folder classifier 16 px', noiseReady: true, card: { parameters: 2, warnings: [] } },
    ]);
    expect(store.run(encoder)!.encoderId).toBe(made[0]!.id);
    expect(second.job).toMatchObject({
      kind: 'mask',
      mask: 'positive',
      encoder: { classes: ['cat', 'dog'] },
    });
    expect(store.run(mask)!.encoderId).toBe(made[0]!.id);
    workers.current.say({ type: 'done', result: maskResult });

    const third = await workers.next('start');
    expect(third.job).toMatchObject({ kind: 'maps', maskModel: { channels: [4] } });
    workers.current.say({ type: 'done', result: { kind: 'maps', failed: [] } });
    await queue.settled();
    expect([status(encoder), status(mask), status(maps)]).toEqual(['done', 'done', 'done']);
    expect(events.statuses(mask)).toEqual(['queued', 'running', 'done']);
    expect(workers.all).toHaveLength(1);
    expect(workers.current.killed).toBe(true);
  });

  test('a weak encoder warns on its card and on the runs made with it', async () => {
    queue.add(threeRuns());
    await workers.next('start');
    const accuracy = { clean: 1, at: { '1.0': 0.34 } };
    workers.current.say({ type: 'done', result: { ...encoderResult, accuracy } as typeof encoderResult });
    await workers.next('start');
    expect(store.encoders()[0]!.card.warnings).toEqual([expect.stringContaining('0.34')]);
    expect(queue.summary(ids()[1]).warnings).toEqual([expect.stringContaining('0.34')]);
  });
});

describe('what a job sends is kept', () => {
  test('metrics are written at the latest after a second, and before a change of status', async () => {
    await upToTheMask();
    vi.useFakeTimers();
    const [, mask] = ids();
    workers.current.say({ type: 'metric', point: point(1) });
    vi.advanceTimersByTime(1000);
    expect(store.metrics(mask)).toEqual([point(1)]);
    workers.current.say({ type: 'metric', point: point(2) }, { type: 'progress', step: 2, steps: 20 });
    queue.pause(mask);
    expect(store.metrics(mask)).toHaveLength(2);
    expect(store.run(mask)).toMatchObject({ step: 2, status: 'paused' });
  });

  test('time left follows the median of recent steps and leaves a pause out', async () => {
    await upToTheMask();
    vi.useFakeTimers();
    const [, mask] = ids();
    for (let step = 1; step <= 4; step++) {
      workers.current.say({ type: 'progress', step, steps: 20 });
      vi.advanceTimersByTime(500);
    }
    expect(queue.summary(mask).secondsLeft).toBeCloseTo(16 * 0.5, 6);
    queue.pause(mask);
    vi.advanceTimersByTime(3_600_000);
    queue.resume(mask);
    workers.current.say({ type: 'progress', step: 5, steps: 20 });
    expect(queue.summary(mask).secondsLeft).toBeCloseTo(15 * 0.5, 6);
  });

  test('maps of a mask that reads its encoder are drawn with that encoder', async () => {
    await upToTheMask();
    const reading = { ...maskModel, model: 'unet-encoder' as const };
    workers.current.say({ type: 'done', result: { ...maskResult, model: reading } as JobResult });
    const { job } = await workers.next('start');
    expect(job).toMatchObject({
      kind: 'maps',
      encoder: { kind: encoderSpec.kind, weights: encoderSpec.weights },
    });
  });

  test('maps are stored under their mask run with entropies, and a resumed run skips them', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    workers.current.say({ type: 'done', result: maskResult });
    const job = (await workers.next('start')).job as MapsJob;
    const [first, second] = job.images;
    const logOdds = Float32Array.of(0, 0, 0, 0);
    workers.current.say({
      type: 'maps',
      maps: [first!, second!].map(({ id }) => ({ imageId: id, width: 2, height: 2, logOdds })),
    });
    const stored = store.map(mask, first!.id)!;
    // A constant map has q = 0.85 everywhere: sigma = 0.02 (1.5 / 0.02)^0.85 = 0.785 normalised units or 50.2 steps of
    // 8 bits, whose Gaussian entropy is 1/2 log2(2 pi e 50.2^2) = 7.70 bits.
    expect(stored.meanBits).toBeCloseTo(
      0.5 * Math.log2(2 * Math.PI * Math.E * (64 * 0.02 * 75 ** 0.85) ** 2),
      2,
    );
    expect(stored.totalBits).toBeCloseTo(stored.meanBits * 200, 6);
    expect(stored.scale).toEqual(maskModel.scale);
    expect(queue.summary(maps)).toMatchObject({ step: 2, steps: 20 });

    const stopped = queue.stop(maps);
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    expect((await stopped).status).toBe('stopped');
    queue.resume(maps);
    const again = (await workers.next('start')).job as MapsJob;
    expect(again.images).toHaveLength(18);
    expect(again.images.map(({ id }) => id)).not.toContain(first!.id);
    expect(queue.summary(maps)).toMatchObject({ step: 2, steps: 20 });
  });

  test('images without a map are named on the run', async () => {
    await upToTheMask();
    workers.current.say({ type: 'done', result: maskResult });
    const job = (await workers.next('start')).job as MapsJob;
    const failed = [
      { id: job.images[0]!.id, code: 'IMAGE_UNREADABLE' as const, message: 'The file is cut off.' },
    ];
    workers.current.say({ type: 'done', result: { kind: 'maps', failed } });
    await queue.settled();
    expect(queue.summary(ids()[2]).warnings).toEqual([
      '1 images have no map. cat/000.png: The file is cut off.',
    ]);
  });

  test('a project that cannot be written ends the run with the reason', async () => {
    await upToTheMask();
    const full = new PenumbraError('DISK_FULL', 'There is no space left on the disk.');
    vi.spyOn(store, 'putCheckpoint').mockImplementation(() => {
      throw full;
    });
    workers.current.say({ type: 'checkpoint', checkpoint: checkpointAt(5) });
    await queue.settled();
    expect(queue.summary(ids()[1])).toMatchObject({ status: 'failed', error: { code: 'DISK_FULL' } });
    expect(workers.current.killed).toBe(true);
  });

  test('a disk that stays full is still told', async () => {
    await upToTheMask();
    vi.spyOn(store, 'updateRun').mockImplementation(() => {
      throw new PenumbraError('DISK_FULL', 'There is no space left on the disk.');
    });
    workers.current.say({ type: 'engine', name: 'fake', device: 'wasm' });
    await queue.settled();
    const last = events.all.findLast((event) => event.type === 'run');
    expect(last!.run).toMatchObject({ id: ids()[1], status: 'failed', error: { code: 'DISK_FULL' } });
  });
});

describe('pause and stop', () => {
  test('a paused run holds its place and goes on in the same process', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    queue.pause(mask);
    await workers.next('pause');
    expect([status(mask), status(maps)]).toEqual(['paused', 'queued']);
    queue.resume(mask);
    await workers.next('resume');
    expect(status(mask)).toBe('running');
    expect(workers.all).toHaveLength(1);
  });

  test('a stopped run keeps its checkpoint; resuming it wakes what had to give up with it', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    const stopping = queue.stop(mask);
    await workers.next('stop');
    workers.current.say({ type: 'checkpoint', checkpoint: checkpointAt(7) }, { type: 'stopped' });
    expect((await stopping).status).toBe('stopped');
    // Whoever listens hears first of the run that ended, then of those that needed it.
    expect(events.all.slice(-2)).toMatchObject([{ run: { id: mask } }, { run: { id: maps } }]);
    expect(queue.summary(maps)).toMatchObject({
      status: 'stopped',
      error: { code: 'STOPPED', message: expect.stringContaining('"Positive mask"') },
    });

    queue.resume(mask);
    expect([status(mask), status(maps)]).toEqual(['queued', 'queued']);
    const { checkpoint } = await workers.next('start');
    expect(checkpoint).toEqual(checkpointAt(7));
    expect(queue.summary(mask)).toMatchObject({ status: 'running', step: 7, error: null });
    workers.current.say({ type: 'done', result: maskResult });
    await workers.next('start');
    expect([status(mask), status(maps)]).toEqual(['done', 'running']);
    expect(store.checkpoint(mask)).toBeNull();
  });

  test('resuming a run that gave up resumes what it needs first', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    const stopping = queue.stop(mask);
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    await stopping;
    queue.resume(maps);
    const { job } = await workers.next('start');
    expect(job.kind).toBe('mask');
  });

  test('a queued run that a person stopped stays stopped', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    await queue.stop(maps);
    const stopping = queue.stop(mask);
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    await stopping;
    queue.resume(mask);
    expect(status(maps)).toBe('stopped');
  });

  test('a worker that does not answer is killed, and the run still counts as stopped', async () => {
    queue = open(10);
    await upToTheMask();
    const [, mask] = ids();
    expect((await queue.stop(mask)).status).toBe('stopped');
    expect(workers.all[0]!.killed).toBe(true);
  });

  test('a run that is done cannot be resumed', async () => {
    await upToTheMask();
    expect(() => queue.resume(ids()[0])).toThrow(expect.objectContaining({ code: 'RUN_NOT_RESUMABLE' }));
    expect(() => queue.resume(99)).toThrow(expect.objectContaining({ code: 'RUN_UNKNOWN' }));
  });
});

describe('failures', () => {
  test('a worker that dies fails the run and those after it; resuming goes on from the last checkpoint', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    workers.current.say({ type: 'checkpoint', checkpoint: checkpointAt(11) });
    workers.current.die('signal SIGKILL');
    await queue.settled();
    expect(queue.summary(mask)).toMatchObject({
      status: 'failed',
      error: { code: 'WORKER_DIED', message: expect.stringContaining('signal SIGKILL') },
    });
    expect(queue.summary(maps)).toMatchObject({ status: 'failed', error: { code: 'WORKER_DIED' } });
    queue.resume(mask);
    expect((await workers.next('start')).checkpoint).toEqual(checkpointAt(11));
    expect(workers.all).toHaveLength(2);
    expect([status(mask), status(maps)]).toEqual(['running', 'queued']);
  });

  test('an error the job reports is shown with its code, and the next run has a fresh worker', async () => {
    queue.add(threeRuns());
    queue.add(threeRuns().slice(0, 1));
    await workers.next('start');
    workers.current.say({ type: 'error', code: 'TRAINING_DIVERGED', message: 'The loss is not finite.' });
    await workers.next('start');
    expect(queue.summary(ids()[0]).error).toEqual({
      code: 'TRAINING_DIVERGED',
      message: 'The loss is not finite.',
    });
    expect(workers.all).toHaveLength(2);
    expect(workers.all[0]!.killed).toBe(true);
  });

  test('a run whose encoder is gone fails with a sentence', async () => {
    const [, mask] = threeRuns();
    queue.add([{ ...mask!, encoderId: null, after: null }]);
    await queue.settled();
    expect(queue.summaries()[0]).toMatchObject({ status: 'failed', error: { code: 'ENCODER_UNKNOWN' } });
  });
});

describe('closing and opening', () => {
  test('closing waits for a checkpoint and leaves the run interrupted, the others queued', async () => {
    await upToTheMask();
    const [, mask, maps] = ids();
    const closing = queue.close();
    await workers.next('stop');
    workers.current.say({ type: 'checkpoint', checkpoint: checkpointAt(3) }, { type: 'stopped' });
    await closing;
    expect(workers.current.killed).toBe(true);
    expect([status(mask), status(maps)]).toEqual(['interrupted', 'queued']);

    queue = open();
    await queue.settled();
    expect([status(mask), status(maps)]).toEqual(['interrupted', 'queued']);
    queue.resume(mask);
    expect((await workers.next('start')).checkpoint).toEqual(checkpointAt(3));
  });

  test('what a killed process left running, paused or about to start is interrupted', async () => {
    const [first, second, third] = queue.add([
      ...threeRuns().slice(0, 1),
      ...threeRuns().slice(0, 1),
      ...threeRuns().slice(0, 1),
    ]);
    store.updateRun(first!.id, { status: 'running' });
    store.updateRun(second!.id, { status: 'paused' });
    queue = open();
    expect([first, second, third].map((run) => status(run!.id))).toEqual([
      'interrupted',
      'interrupted',
      'interrupted',
    ]);
  });
});

describe('maps outside the project', () => {
  const job = {
    kind: 'maps' as const,
    mask: 'positive' as const,
    maskModel,
    images: [],
    config: { batch: 4 },
  };

  test('are computed in turn', async () => {
    await upToTheMask();
    const seen: number[] = [];
    const done = queue.render(job, 'auto', (maps) => void seen.push(maps.length));
    workers.current.say({ type: 'done', result: maskResult });
    expect((await workers.next('start')).job).toEqual(job);
    workers.current.say(
      { type: 'maps', maps: [{ imageId: 1, width: 1, height: 1, logOdds: Float32Array.of(0) }] },
      { type: 'done', result: { kind: 'maps', failed: [] } },
    );
    expect((await done).failed).toEqual([]);
    expect(seen).toEqual([1]);
  });

  test('end with the project', async () => {
    await upToTheMask();
    const done = queue.render(job, 'auto', () => {});
    const refused = expect(done).rejects.toMatchObject({ code: 'STOPPED' });
    const closing = queue.close();
    workers.current.say({ type: 'stopped' });
    await closing;
    await refused;
  });
});

describe('what a person does to the list', () => {
  test('a run is renamed', () => {
    queue.add(threeRuns());
    const [encoder] = ids();
    expect(queue.rename(encoder, 'The first try').title).toBe('The first try');
    expect(() => queue.rename(99, 'x')).toThrow(expect.objectContaining({ code: 'RUN_UNKNOWN' }));
  });

  test('queued runs start in the order they are given, but never before what they need', async () => {
    queue.add([...threeRuns(), ...threeRuns()]);
    const [first, , , second, mask, maps] = queue.summaries().map(({ id }) => id) as number[];
    await workers.next('start');
    // The first encoder runs already and keeps its place; the second plan's runs are to come next, backwards.
    queue.reorder([maps!, mask!, second!]);
    workers.current.say({ type: 'done', result: encoderResult });
    await workers.next('start');
    expect(status(first!)).toBe('done');
    const next = queue.summaries().find(({ status }) => status === 'running')!;
    expect(next.kind).toBe('mask');
    workers.current.say({ type: 'done', result: maskResult });
    await workers.next('start');
    expect([status(maps!), status(mask!)]).toEqual(['queued', 'queued']);
  });

  test('a run that is removed takes along what is nothing without it, running or waiting', async () => {
    await upToTheMask();
    const [encoder, mask, maps] = ids();
    const removing = queue.remove(mask);
    workers.current.say({ type: 'stopped' });
    expect((await removing).sort((a, b) => a - b)).toEqual([mask, maps]);
    expect(queue.summaries().map(({ id }) => id)).toEqual([encoder]);
    expect(events.all.filter(({ type }) => type === 'runsRemoved')).toHaveLength(1);
    await queue.settled();
  });

  test('a finished mask outlives the run of its encoder', async () => {
    await upToTheMask();
    workers.current.say({ type: 'done', result: maskResult });
    await workers.next('start');
    workers.current.say({ type: 'done', result: { kind: 'maps', failed: [] } });
    await queue.settled();
    const [encoder, mask, maps] = ids();
    expect(await queue.remove(encoder)).toEqual([encoder]);
    expect(queue.summary(mask)).toMatchObject({ status: 'done', after: null });
    expect(status(maps)).toBe('done');
    expect(store.encoders()).toHaveLength(1);
  });
});
