import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProject } from '../../../src/main/store/project';
import type { NewEncoder, ProjectStore } from '../../../src/main/store/types';
import { maskRun, SCALE, scanned, temporaryFolder } from './support';

let store: ProjectStore;
let file: string;
beforeEach(() => {
  file = join(temporaryFolder(), 'p.penumbra');
  store = openProject(file, { folder: '/photos' });
});
afterEach(() => store.close());

const ENCODER: NewEncoder = {
  ...{
    name: 'Own classifier',
    kind: 'classifier',
    noiseReady: true,
    calibratedFrom: null,
    fingerprint: 'f1',
  },
  card: { accuracy: { clean: 1 } },
  spec: new Uint8Array([9, 8, 7]),
};

describe('encoders', () => {
  it('keep card and weights apart', () => {
    const first = store.addEncoder(ENCODER);
    const second = store.addEncoder({ ...ENCODER, noiseReady: false, calibratedFrom: first });
    const { spec, ...card } = ENCODER;
    expect(store.encoder(first)).toMatchObject({ ...card, id: first });
    expect(store.encoder(second)).toMatchObject({ noiseReady: false, calibratedFrom: first });
    expect(store.encoders().map(({ id }) => id)).toEqual([first, second]);
    expect([...store.encoderSpec(first)!]).toEqual([...spec]);
    expect([store.encoder(99), store.encoderSpec(99)]).toEqual([null, null]);
  });
});

describe('runs', () => {
  it('begin queued, at step 0', () => {
    const encoderId = store.addEncoder(ENCODER);
    const first = maskRun(store, 'positive', { encoderId, config: { seed: 1, nested: { size: 64 } } });
    const second = maskRun(store, 'negative', { after: first });
    expect(store.run(first)).toMatchObject({
      ...{ kind: 'mask', mask: 'positive', encoderId, after: null, status: 'queued', step: 0, steps: 10 },
      ...{ config: { seed: 1, nested: { size: 64 } }, warnings: [], error: null, engine: null },
    });
    expect(store.run(second)).toMatchObject({ after: first });
    expect(store.runs().map(({ id }) => id)).toEqual([first, second]);
    expect(store.run(99)).toBeNull();
  });

  it('change only in what the patch names', () => {
    const id = maskRun(store, 'positive');
    store.updateRun(id, {
      status: 'failed',
      error: { code: 'WORKER_DIED', message: 'gone' },
      warnings: ['w'],
    });
    store.updateRun(id, { step: 4 });
    store.updateRun(id, {});
    expect(store.run(id)).toMatchObject({
      ...{ status: 'failed', step: 4, steps: 10, warnings: ['w'] },
      error: { code: 'WORKER_DIED', message: 'gone' },
    });
    store.updateRun(id, {
      status: 'running',
      error: null,
      engine: 'wasm',
      startedAt: 'now',
      config: { a: 1 },
    });
    expect(store.run(id)).toMatchObject({
      status: 'running',
      error: null,
      engine: 'wasm',
      startedAt: 'now',
      config: { a: 1 },
    });
  });

  it('hold one checkpoint until they end with a result', () => {
    const id = maskRun(store, 'positive');
    store.putCheckpoint(id, 3, new Uint8Array([3]));
    store.putCheckpoint(id, 6, new Uint8Array([6]));
    expect([...store.checkpoint(id)!]).toEqual([6]);
    expect(store.run(id)!.step).toBe(6);
    store.finishRun(id, new Uint8Array([1, 2]), { status: 'done', finishedAt: '2026-01-01' });
    expect(store.checkpoint(id)).toBeNull();
    expect([...store.runResult(id)!]).toEqual([1, 2]);
    expect(store.run(id)!.status).toBe('done');
  });

  it('may end without a result', () => {
    const id = maskRun(store, 'positive');
    store.finishRun(id, null, { status: 'done' });
    expect(store.runResult(id)).toBeNull();
  });

  it('tell the newest finished mask of a kind', () => {
    const [first, second, third] = [
      maskRun(store, 'positive'),
      maskRun(store, 'positive'),
      maskRun(store, 'positive'),
    ];
    expect(store.latestMaskRun('positive')).toBeNull();
    store.finishRun(second!, null, { status: 'done', finishedAt: '2026-01-01' });
    store.finishRun(first!, null, { status: 'done', finishedAt: '2026-01-02' });
    store.updateRun(third!, { status: 'failed', finishedAt: '2026-01-03' });
    expect(store.latestMaskRun('positive')!.id).toBe(first);
    expect(store.latestMaskRun('negative')).toBeNull();
  });

  it('keep curves in step order; a step told twice holds the later telling', () => {
    const id = maskRun(store, 'positive');
    const point = {
      ...{ step: 2, loss: 0.5, distance: 0.1, bits: null, accuracy: null, msPerStep: 12.5 },
      memoryMb: 410,
    };
    store.addMetrics(id, [point, { ...point, step: 1 }]);
    store.addMetrics(id, [
      { ...point, loss: 0.25 },
      { ...point, step: 3, loss: Number.NaN },
    ]);
    expect(store.metrics(id)).toEqual([
      { ...point, step: 1 },
      { ...point, loss: 0.25 },
    ]);
  });
});

describe('noise maps', () => {
  it('come back at float16 precision, with scale, mask and entropies', () => {
    store.putImages([scanned('a.jpg'), scanned('b.jpg')]);
    const [a, b] = store.images().map(({ id }) => id) as [number, number];
    const positive = maskRun(store, 'positive');
    const negative = maskRun(store, 'negative');
    // Halves above 1 are 2^-10 = 0.00098 apart, so the nearest to 1.0004 is 1; the other values are halves.
    const logOdds = new Float32Array([0, -4.5, 1.0004, 12, 0.5, -0.25]);
    const map = { width: 3, height: 2, logOdds, meanBits: 3.5, totalBits: 168 };
    store.putMaps([{ ...map, runId: positive, imageId: a }], SCALE);
    store.putMaps([{ ...map, runId: negative, imageId: a }], SCALE);

    const row = store.map(positive, a)!;
    expect([...row.logOdds]).toEqual([0, -4.5, 1, 12, 0.5, -0.25]);
    expect(row).toMatchObject({
      width: 3,
      height: 2,
      mask: 'positive',
      scale: SCALE,
      meanBits: 3.5,
      totalBits: 168,
    });
    expect(store.mapsOfImage(a).map(({ runId }) => runId)).toEqual([negative, positive]);
    expect([...store.mappedImages(positive)]).toEqual([a]);
    expect([store.map(positive, b), store.mapsOfImage(b)]).toEqual([null, []]);
  });

  it('are replaced when rendered again', () => {
    store.putImages([scanned('a.jpg')]);
    const imageId = store.images()[0]!.id;
    const runId = maskRun(store, 'positive');
    const map = {
      runId,
      imageId,
      width: 1,
      height: 1,
      logOdds: new Float32Array([1]),
      meanBits: 1,
      totalBits: 2,
    };
    store.putMaps([map], SCALE);
    store.putMaps([{ ...map, logOdds: new Float32Array([2]), meanBits: 5 }], { ...SCALE, sigmaMax: 1 });
    expect(store.map(runId, imageId)).toMatchObject({ meanBits: 5, scale: { sigmaMax: 1 } });
    expect([...store.map(runId, imageId)!.logOdds]).toEqual([2]);
    expect(store.mapsOfImage(imageId)).toHaveLength(1);
  });
});

describe('settings', () => {
  it('are JSON by key, and survive closing', () => {
    store.setSetting('opacity', 0.5);
    store.setSetting('opacity', 0.75);
    store.setSetting('panel', { open: true, order: [1, 2] });
    store.close();
    store = openProject(file);
    expect(store.settings()).toEqual({ opacity: 0.75, panel: { open: true, order: [1, 2] } });
  });
});

describe('removed runs', () => {
  it('take their maps along, and images show what older runs left', () => {
    store.putImages([scanned('a.jpg'), scanned('b.jpg')]);
    const [a, b] = store.images().map(({ id }) => id) as [number, number];
    const [old, newest] = [maskRun(store, 'positive'), maskRun(store, 'positive')];
    const map = { width: 1, height: 1, logOdds: new Float32Array(1), totalBits: 1 };
    store.putMaps([{ ...map, runId: old, imageId: a, meanBits: 2 }], SCALE);
    store.putMaps(
      [a, b].map((imageId) => ({ ...map, runId: newest, imageId, meanBits: 5 })),
      SCALE,
    );
    const needing = store.addRun({
      ...{ kind: 'mask', mask: 'negative', title: 'n', encoderId: null, config: {}, steps: 1 },
      after: newest,
    });
    store.removeRuns([newest]);
    const query = { sort: 'name', descending: false, offset: 0, limit: 10 } as const;
    expect(store.listImages(query).images.map(({ positiveBits }) => positiveBits)).toEqual([2, null]);
    expect(store.run(newest)).toBeNull();
    expect(store.run(needing)!.after).toBeNull();
    expect(store.mapsOfImage(b)).toEqual([]);
  });

  it('leave their place to none: a later run stands behind', () => {
    const [first, second] = [maskRun(store, 'positive'), maskRun(store, 'positive')];
    store.removeRuns([first]);
    const third = maskRun(store, 'positive');
    expect(store.run(third)!.place).toBeGreaterThan(store.run(second)!.place);
  });
});
