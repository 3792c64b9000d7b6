/** Killed while training: runs go on from their last checkpoint, along the curve of a run that was never broken off. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricPoint, RunSummary } from '../../../src/contract/types';
import { deserialise } from '../../../src/main/models/serialise';
import { Random } from '../../../src/main/noise/random';
import { openProject } from '../../../src/main/store/project';
import type { Checkpoint } from '../../../src/main/training/protocol';
import { picturesProject } from '../../unit/training/fixtures/project';
import { expectIntact, isAlive, SEED, tellKills } from './checks';
import { type CallFailed, killedAfter, Served } from './served';

const ROUNDS = 30;
/** Losses of the same steps; what differs is the order in which threads sum. */
const RELATIVE = 1e-4;
const WISH = {
  ...{ masks: ['positive', 'negative'], preset: 'draft', size: 32 },
  overrides: { maskSteps: 60, encoderEpochs: 2, batch: 8 },
};

let directory: string;
let fresh: string;
beforeAll(async () => {
  const store = await picturesProject(20);
  store.close();
  fresh = store.file;
  directory = mkdtempSync(join(tmpdir(), 'penumbra-crash-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

async function toTheEnd(served: Served): Promise<RunSummary[]> {
  for (;;) {
    const runs = await served.call<RunSummary[]>('training/runs');
    expect(runs.filter(({ status }) => status === 'failed').map(({ error }) => error)).toEqual([]);
    if (runs.every(({ status }) => status === 'done')) return runs;
    await pause(100);
  }
}

async function resumeAll(served: Served): Promise<void> {
  for (const { id, status } of await served.call<RunSummary[]>('training/runs'))
    if (status !== 'done') await served.call('training/resume', { runId: id });
}

/** Stops and resumes the running run now and then: each stop keeps a checkpoint. */
async function trainOn(served: Served, random: Random): Promise<void> {
  await resumeAll(served);
  for (;;) {
    await pause(random.uniform(100, 700));
    const running = (await served.call<RunSummary[]>('training/runs')).find(
      ({ status }) => status === 'running',
    );
    if (!running) continue;
    await served.call('training/stop', { runId: running.id });
    await resumeAll(served);
  }
}

/** Resumes, and waits until a step has been done. */
async function untilStep(served: Served): Promise<void> {
  const stepsOf = async () =>
    (await served.call<RunSummary[]>('training/runs')).reduce((sum, { step }) => sum + step, 0);
  await resumeAll(served);
  const before = await stepsOf();
  while ((await stepsOf()) <= before) await pause(50);
}

interface State {
  curves: Map<number, MetricPoint[]>;
  /** Step of each run's checkpoint; the run itself may have been told further. */
  checkpoints: Map<number, number>;
  done: number;
}

function stateOf(file: string): State {
  const store = openProject(file);
  const runs = store.runs();
  const state: State = {
    curves: new Map(runs.map(({ id }) => [id, store.metrics(id)])),
    checkpoints: new Map(
      runs.flatMap(({ id }) => {
        const data = store.checkpoint(id);
        return data ? [[id, deserialise<Checkpoint>(data).step] as const] : [];
      }),
    ),
    done: runs.filter(({ status }) => status === 'done').length,
  };
  store.close();
  return state;
}

function mapsOf(file: string): Map<string, Float32Array> {
  const store = openProject(file);
  const maps = store
    .images()
    .flatMap(({ id, path }) =>
      store.mapsOfImage(id).map(({ mask, logOdds }) => [`${mask} ${path}`, logOdds] as const),
    );
  store.close();
  return new Map(maps);
}

function expectSameCurves(file: string, reference: string): void {
  const [found, expected] = [stateOf(file).curves, stateOf(reference).curves];
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [run, curve] of expected) {
    expect(found.get(run)!.map(({ step }) => step)).toEqual(curve.map(({ step }) => step));
    for (const [i, { loss }] of curve.entries())
      expect(Math.abs(found.get(run)![i]!.loss - loss), `run ${run}, step ${i + 1}`).toBeLessThan(
        RELATIVE * Math.max(Math.abs(loss), 1),
      );
  }
}

test('a training that is killed again and again ends where an unbroken one does', async () => {
  const reference = join(directory, 'unbroken.penumbra');
  copyFileSync(fresh, reference);
  const unbroken = await Served.start(directory);
  await unbroken.call('project/openFile', { file: reference });
  await unbroken.call('training/start', WISH);
  await toTheEnd(unbroken);
  await unbroken.kill('all');

  let kills = 0;
  let trainings = 0;
  let resumed = 0;
  let workers = 0;
  while (kills < ROUNDS) {
    const file = join(directory, `broken ${++trainings}.penumbra`);
    copyFileSync(fresh, file);
    let before: State = { curves: new Map(), checkpoints: new Map(), done: 0 };
    while (kills < ROUNDS) {
      const random = new Random(SEED, kills++, 'training');
      const whom = random.below(2) ? 'all' : 'program';
      // Every third time at any moment from the start on; otherwise once steps are done, which may take a while to come.
      const early = random.below(3) === 0;
      const orphans = await killedAfter(
        random.uniform(0, 3000),
        directory,
        whom,
        (served) => trainOn(served, random),
        async (served) => {
          await served.call('project/openFile', { file });
          if ((await served.call<RunSummary[]>('training/runs')).length === 0)
            await served.call('training/start', WISH);
          if (!early) await untilStep(served);
        },
      );
      workers += orphans.length;
      await expectGone(orphans);
      expectIntact(file);
      const after = stateOf(file);
      for (const [run, step] of before.checkpoints) {
        // Steps before the checkpoint were not done again: even their times are the same.
        expect(after.curves.get(run)!.slice(0, step)).toEqual(before.curves.get(run)!.slice(0, step));
        expect(after.checkpoints.get(run) ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(step);
        if (after.curves.get(run)!.length > step) resumed++;
      }
      for (const [run, step] of after.checkpoints)
        expect(after.curves.get(run)!.length).toBeGreaterThanOrEqual(step);
      expect(after.done).toBeGreaterThanOrEqual(before.done);
      before = after;
      if (after.done === 5) break;
    }
    const last = await Served.start(directory);
    await last.call('project/openFile', { file });
    await resumeAll(last);
    await toTheEnd(last);
    await last.kill('all');
    expectSameCurves(file, reference);
    const [maps, expected] = [mapsOf(file), mapsOf(reference)];
    expect([...maps.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected)
      for (const [i, value] of values.entries()) expect(maps.get(name)![i]!, name).toBeCloseTo(value, 1);
  }
  expect(resumed).toBeGreaterThan(0);
  tellKills('training', kills, { trainings, resumed, workers });
});

test('a worker that is killed alone fails its run, which can be resumed', async () => {
  const file = join(directory, 'worker.penumbra');
  copyFileSync(fresh, file);
  const served = await Served.start(directory);
  await served.call('project/openFile', { file });
  await served.call('training/start', WISH);
  for (let kill = 0; kill < 5; kill++) {
    const random = new Random(SEED, kill, 'worker');
    while (served.children().length === 0) await pause(20);
    await pause(random.uniform(0, 2500));
    for (const pid of served.children()) process.kill(pid, 'SIGKILL');
    const failed = await failure(served);
    expect(failed?.code).toBe('WORKER_DIED');
    expect(failed?.message).toMatch(/SIGKILL.*Resume the run/);
    await resumeAll(served);
  }
  await toTheEnd(served);
  await served.kill('all');
  expectIntact(file);
  expectSameCurves(file, join(directory, 'unbroken.penumbra'));
  tellKills('workers', 5);
});

async function failure(served: Served): Promise<{ code: CallFailed['code']; message: string } | null> {
  for (;;) {
    const runs = await served.call<RunSummary[]>('training/runs');
    const failed = runs.find(({ status }) => status === 'failed');
    if (failed) return failed.error;
    if (runs.every(({ status }) => status === 'done')) return null;
    await pause(20);
  }
}

/** A worker whose program is gone ends by itself. */
async function expectGone(pids: number[]): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (pids.some(isAlive) && performance.now() < deadline) await pause(20);
  expect(pids.filter(isAlive)).toEqual([]);
}
