/** Real processes: the built worker on a real job, and what is left of a project when everything is killed. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTraining } from '../../../src/contract/types';
import { deserialise } from '../../../src/main/models/serialise';
import { openProject } from '../../../src/main/store/project';
import { planTraining } from '../../../src/main/training/plan';
import type { Checkpoint } from '../../../src/main/training/protocol';
import { createRunQueue } from '../../../src/main/training/queue';
import { Events } from './fakes';
import { buildEntries } from './fixtures/build';
import { picturesProject } from './fixtures/project';

let built: string;

beforeAll(async () => {
  built = await buildEntries([
    'src/main/training/worker.ts',
    'test/unit/training/fixtures/trainUntilKilled.ts',
  ]);
});
afterAll(() => {
  rmSync(built, { recursive: true, force: true });
});

const workerFile = (): string => join(built, 'worker.js');

test('a tiny training goes from pictures to maps in the project', async () => {
  const store = await picturesProject(12);
  const events = new Events();
  const queue = createRunQueue({ store, emit: events.emit, workerFile: workerFile() });
  const wish = startTraining.parse({
    masks: ['positive', 'negative'],
    preset: 'draft',
    size: 32,
    overrides: { maskSteps: 4, encoderEpochs: 1, batch: 8 },
  });
  queue.add(planTraining(store, wish));
  await queue.settled();

  expect(queue.summaries().map(({ kind, status, error }) => ({ kind, status, error }))).toEqual(
    ['encoder', 'mask', 'mask', 'maps', 'maps'].map((kind) => ({ kind, status: 'done', error: null })),
  );
  expect(store.encoders()[0]).toMatchObject({ kind: 'classifier', noiseReady: true });
  const [image] = store.images();
  const maps = store.mapsOfImage(image!.id);
  expect(maps.map(({ mask }) => mask).toSorted()).toEqual(['negative', 'positive']);
  for (const map of maps) {
    expect(map.logOdds).toHaveLength(map.width * map.height);
    expect(map.logOdds.every(Number.isFinite)).toBe(true);
    expect(map.meanBits).toBeGreaterThan(0);
    expect(map.totalBits).toBeCloseTo(map.meanBits * 24 * 24, 3);
    expect(store.mappedImages(map.runId).size).toBe(24);
    expect(store.metrics(map.runId)).not.toHaveLength(0);
  }
  expect(events.all.some(({ type }) => type === 'metric')).toBe(true);
  store.close();
});

test('a project whose processes are all killed while training opens, and its run goes on from the last checkpoint', async () => {
  const before = await picturesProject(12);
  before.close();
  const child = spawn(process.execPath, [join(built, 'trainUntilKilled.js'), before.file, workerFile()], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    expect(line).toBe('training on');
    break;
  }
  const gone = new Promise((resolve) => child.on('exit', resolve));
  process.kill(-child.pid!, 'SIGKILL');
  await gone;

  const store = openProject(before.file);
  const [run] = store.runs();
  expect(run!.status).toBe('running');
  const kept = deserialise<Checkpoint>(store.checkpoint(run!.id)!).step;
  const events = new Events();
  const queue = createRunQueue({ store, emit: events.emit, workerFile: workerFile() });
  expect(queue.summaries().map(({ status }) => status)).toEqual(['interrupted', 'queued', 'queued']);
  queue.resume(run!.id);
  const firstMetric = () => events.all.find((event) => event.type === 'metric');
  while (!firstMetric()) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(firstMetric()!.point.step).toBe(kept + 1);
  await queue.close();
  expect(queue.summary(run!.id).status).toBe('interrupted');
  expect(deserialise<Checkpoint>(store.checkpoint(run!.id)!).step).toBeGreaterThan(kept);
  store.close();
});
