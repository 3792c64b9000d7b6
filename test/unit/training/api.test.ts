/** The areas training, encoders and maps over a real store and a scripted worker. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTraining } from '../../../src/contract/types';
import { encodersApi } from '../../../src/main/api/encoders';
import { mapsApi } from '../../../src/main/api/maps';
import { trainingApi } from '../../../src/main/api/training';
import type { Workspace } from '../../../src/main/api/workspaceTypes';
import { readNpy } from '../../../src/main/exports/npy';
import type { ProjectStore } from '../../../src/main/store/types';
import type { MapsJob } from '../../../src/main/training/protocol';
import { createRunQueue } from '../../../src/main/training/queue';
import type { RunQueue } from '../../../src/main/training/types';
import { Events, encoderResult, FakeWorkers, maskResult, newProject, threeRuns } from './fakes';
import { picturesProject } from './fixtures/project';
import { temporaryFolder } from './fixtures/temporary';

let store: ProjectStore;
let workers: FakeWorkers;
let events: Events;
let queue: RunQueue;
let workspace: Workspace;

function use(project: ProjectStore): void {
  store = project;
  workers = new FakeWorkers();
  events = new Events();
  queue = createRunQueue({ store, emit: events.emit, spawn: workers.spawn, workerFile: 'worker.js' });
  workspace = { dataDirectory: tmpdir(), queue, warm: null, requireStore: () => store, emit: events.emit };
}

beforeEach(() => use(newProject()));
afterEach(async () => {
  const closing = queue.close();
  workers.all.at(-1)?.say({ type: 'stopped' });
  await closing;
  store.close();
});

/** A project with a positive mask that is trained, without maps. */
async function trainedMaskRun(): Promise<number> {
  queue.add(threeRuns().slice(0, 2));
  await workers.next('start');
  workers.current.say({ type: 'done', result: encoderResult });
  await workers.next('start');
  workers.current.say({ type: 'done', result: maskResult });
  await queue.settled();
  return store.latestMaskRun('positive')!.id;
}

describe('training', () => {
  test('start answers with the runs in order, and the calls act on them', async () => {
    const api = trainingApi(workspace);
    const runs = api.start(startTraining.parse({ masks: ['positive'], preset: 'draft' }));
    expect(runs.map(({ kind, status }) => [kind, status])).toEqual([
      ['encoder', 'queued'],
      ['mask', 'queued'],
      ['maps', 'queued'],
    ]);
    await workers.next('start');
    const runId = runs[0]!.id;
    expect(api.pause({ runId }).status).toBe('paused');
    expect(api.resume({ runId }).status).toBe('running');
    const point = {
      step: 1,
      loss: 1,
      distance: null,
      bits: null,
      accuracy: 0.5,
      msPerStep: 9,
      memoryMb: null,
    };
    workers.current.say({ type: 'metric', point }, { type: 'progress', step: 1, steps: 5 });
    const stopping = api.stop({ runId });
    workers.current.say({ type: 'stopped' });
    expect((await stopping).status).toBe('stopped');
    expect(api.metrics({ runId })).toEqual([point]);
    expect(api.runs()).toHaveLength(3);
    expect(() => api.metrics({ runId: 77 })).toThrow(expect.objectContaining({ code: 'RUN_UNKNOWN' }));
  });

  test('every preset has a card', () => {
    expect(
      trainingApi(workspace)
        .presets()
        .map(({ name }) => name),
    ).toEqual(['draft', 'standard', 'fine']);
  });
});

describe('maps of the project', () => {
  test('are computed for images that have none; when all have one, no worker starts', async () => {
    const maskRun = await trainedMaskRun();
    const api = mapsApi(workspace);
    const [run] = api.render({ device: 'auto' });
    expect(run).toMatchObject({ kind: 'maps', mask: 'positive', steps: 20 });
    const job = (await workers.next('start')).job as MapsJob;
    const logOdds = Float32Array.of(1, 2, 3, 4);
    workers.current.say(
      { type: 'maps', maps: job.images.map(({ id }) => ({ imageId: id, width: 2, height: 2, logOdds })) },
      { type: 'done', result: { kind: 'maps', failed: [] } },
    );
    await queue.settled();
    const [image] = store.images();
    expect(api.ofImage({ imageId: image!.id })).toEqual([
      expect.objectContaining({ runId: maskRun, mask: 'positive', width: 2, height: 2 }),
    ]);

    const started = workers.all.length;
    const [again] = api.render({ device: 'auto', runIds: [maskRun] });
    await queue.settled();
    expect(queue.summary(again!.id)).toMatchObject({ status: 'done', step: 20, steps: 20 });
    expect(workers.all).toHaveLength(started);
  });

  test('need a trained mask', () => {
    const api = mapsApi(workspace);
    const missing = expect.objectContaining({ code: 'NO_TRAINED_MASK' });
    expect(() => api.render({ device: 'auto' })).toThrow(missing);
    expect(() => api.render({ device: 'auto', runIds: [5] })).toThrow(missing);
    expect(() => api.ofImage({ imageId: 500 })).toThrow(expect.objectContaining({ code: 'IMAGE_UNKNOWN' }));
  });
});

describe('maps of a folder outside the project', () => {
  const outside = async (): Promise<{ folder: string; out: string }> => {
    const other = await picturesProject(1);
    const { folder } = other;
    other.close();
    writeFileSync(join(folder, 'disc', 'broken.png'), 'not a picture');
    return { folder, out: join(temporaryFolder(), 'maps') };
  };

  test('are written at the size of each image; what cannot be read is listed', async () => {
    const maskRun = await trainedMaskRun();
    const place = await outside();
    const result = mapsApi(workspace).renderFolder({
      ...place,
      masks: ['positive', 'negative'],
      device: 'auto',
    });
    const job = (await workers.next('start')).job as MapsJob;
    expect(job.images.map(({ file }) => file)).toEqual(
      ['disc/0.png', 'disc/broken.png', 'square/0.png'].map((path) => join(place.folder, path)),
    );
    const [disc, broken, square] = job.images;
    workers.current.say(
      {
        type: 'maps',
        maps: [disc!, square!].map(({ id }) => ({
          ...{ imageId: id, width: 2, height: 2 },
          logOdds: Float32Array.of(-3, 3, 3, 3),
        })),
      },
      {
        type: 'done',
        result: {
          kind: 'maps',
          failed: [{ id: broken!.id, code: 'IMAGE_UNREADABLE', message: 'It cannot be read.' }],
        },
      },
    );
    expect(await result).toMatchObject({
      images: 2,
      failed: [{ path: 'disc/broken.png', code: 'IMAGE_UNREADABLE' }],
    });
    const map = readNpy(readFileSync(join(place.out, 'positive', 'disc', '0.npy')));
    expect([map.width, map.height]).toEqual([24, 24]);
    // Low log-odds mean little noise: the upper left corner is what the model needs most.
    expect(map.values[0]!).toBeGreaterThan(map.values.at(-1)!);
    const manifest = JSON.parse(readFileSync(join(place.out, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ complete: true, images: 2, masks: [{ run: { id: maskRun } }] });
    expect(store.mappedImages(maskRun).size).toBe(0);
    expect(events.all.findLast(({ type }) => type === 'export')).toMatchObject({ done: 2, finished: true });
  });

  test('end when the caller goes away', async () => {
    await trainedMaskRun();
    const place = await outside();
    const caller = new AbortController();
    const result = mapsApi(workspace).renderFolder(
      { ...place, masks: ['positive'], device: 'auto' },
      { signal: caller.signal },
    );
    const refused = expect(result).rejects.toMatchObject({ code: 'STOPPED' });
    await workers.next('start');
    caller.abort();
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    await refused;
  });

  test('need a trained mask', async () => {
    const place = await outside();
    await expect(
      mapsApi(workspace).renderFolder({ ...place, masks: ['negative'], device: 'auto' }),
    ).rejects.toMatchObject({ code: 'NO_TRAINED_MASK' });
  });
});

const mobilenet = join(import.meta.dirname, '../../../../shared/data/encoders/mobilenet_v1_0.25_128');

describe.skipIf(!existsSync(mobilenet))('encoders (needs ../shared/data/encoders)', () => {
  test('a model is kept once, however it is named; at another size it is another encoder', async () => {
    const api = encodersApi(workspace);
    const card = await api.import({ path: mobilenet });
    expect(card).toMatchObject({
      ...{ name: 'mobilenet_v1_0.25_128', kind: 'graph-model', noiseReady: false, accuracy: null },
      ...{ calibratedFrom: null, embeddingSize: 256 },
    });
    expect(await api.import({ path: join(mobilenet, 'model.json') })).toEqual(card);
    const larger = await api.import({ path: mobilenet, size: 96 });
    expect(larger).toMatchObject({ name: 'mobilenet_v1_0.25_128 2', inputSize: 96 });
    expect(api.list()).toEqual([card, larger]);
  });

  test('can be adjusted after it was imported: kept beside the first, once', async () => {
    const api = encodersApi(workspace);
    const card = await api.import({ path: mobilenet, size: 64 });
    const other = await api.adjust({ encoderId: card.id, size: 96, scale: 'unit' });
    expect(other).toMatchObject({ inputSize: 96, pixelScale: { std: [255, 255, 255] }, forwardOnly: null });
    expect(await api.adjust({ encoderId: other.id })).toEqual(other);
    expect(api.list()).toEqual([card, other]);
    await expect(api.adjust({ encoderId: 99, size: 64 })).rejects.toMatchObject({ code: 'ENCODER_UNKNOWN' });
  });

  test('what is no model is said so', async () => {
    await expect(encodersApi(workspace).import({ path: store.folder })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENCODER_/),
    });
    expect(encodersApi(workspace).list()).toEqual([]);
  });
});
