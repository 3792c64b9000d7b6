/** The area of reports over a real store and a scripted worker. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type StoredReport, startReport } from '../../../src/contract/reports';
import { reportsApi } from '../../../src/main/api/reports';
import { type Analysed, analyse } from '../../../src/main/reports/analyse';
import type { ProjectStore, ScannedImage } from '../../../src/main/store/types';
import type { ReportJob } from '../../../src/main/training/protocol';
import { Events, FakeWorkers, newProject, scanned, twoClasses } from '../training/fakes';
import { temporaryFolder } from '../training/fixtures/temporary';
import { askBy, materialOf, SIZE, subjectsWith } from './pictures';
import { mappedProject, withMaps } from './project';

// Seconds alone; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let found: Analysed;
beforeAll(async () => {
  found = await analyse(
    await materialOf(subjectsWith(12, true), askBy(true)),
    {
      dimensions: new Map(Array.from({ length: 36 }, (_, i) => [i + 1, { width: SIZE, height: SIZE }])),
      ...{ negative: new Map(), prints: [], encoder: 'first', perClass: 60, split: null, pixelScale: 50 },
      warnings: [],
    },
    (_name, work) => work(),
    async () => {},
  );
});

let open: ProjectStore | null = null;
afterEach(() => {
  open?.close();
  open = null;
});

function use(store: ProjectStore) {
  open = store;
  const workers = new FakeWorkers();
  const events = new Events();
  const api = reportsApi({
    ...{ dataDirectory: '', queue: null, warm: null },
    ...{ requireStore: () => store, emit: events.emit, spawn: workers.spawn },
  });
  /** Makes a report as the worker would. */
  const made = async (wish: object = {}): Promise<{ id: number; job: ReportJob }> => {
    const result = api.run(startReport.parse(wish));
    const { job } = await workers.next('start');
    workers.current.say({ type: 'done', result: { kind: 'report', answers: 'head', ...found } });
    return { id: (await result).id, job: job as ReportJob };
  };
  return { api, workers, events, made };
}

const project = () => use(mappedProject().store);

describe('a report', () => {
  test('is made of the newest mask, every image with its map and class; the same is not made twice', async () => {
    const { store, runId } = mappedProject();
    const { api, workers, events, made } = use(store);
    const { id, job } = await made();
    expect(job.classes).toEqual(['cat', 'dog']);
    expect(job.images.map(({ label }) => label)).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
    expect([...job.images[1]!.positive!.values.slice(0, 3)]).toEqual([0, 1, 2]);
    expect(job.images.every(({ object, negative }) => object === null && negative === null)).toBe(true);
    const again = await api.run(startReport.parse({}));
    expect([again.id, workers.all.length]).toEqual([id, 1]);
    expect(again).toMatchObject({ runs: { positive: runId, negative: null }, encoder: { name: 'first' } });
    expect(api.list().map((card) => [card.id, card.encoder])).toEqual([[id, 'first']]);
    expect(events.all.at(-1)).toMatchObject({ type: 'report', finished: true });
    expect((await made({ fresh: true })).id).not.toBe(id);
  });

  test('looks through the newest mask that has maps', async () => {
    const { store, runId } = mappedProject();
    const { made } = use(store);
    const encoderId = store.encoders()[0]!.id;
    const later = store.addRun({
      ...{ kind: 'mask', mask: 'positive', title: 'later', encoderId, after: null, config: {}, steps: 1 },
    });
    store.finishRun(later, new Uint8Array(1), { status: 'done' });
    const { id } = await made();
    expect(store.reportContent(id)!.runs.positive).toBe(runId);
  });

  test('stopped, goes on from what was kept; begun anew, it does not', async () => {
    const { api, workers } = project();
    const stop = new AbortController();
    const first = api.run(startReport.parse({}), { signal: stop.signal });
    await workers.next('start');
    const state = { answers: [{ label: 0, probability: 1 }] };
    workers.current.say({ type: 'checkpoint', checkpoint: { step: 1, arrays: {}, state } });
    stop.abort();
    await workers.next('stop');
    workers.current.say({ type: 'stopped' });
    await expect(first).rejects.toMatchObject({ code: 'STOPPED' });
    expect(api.get({})).toBeNull();
    expect(api.list().map(({ finishedAt }) => finishedAt)).toEqual([null]);

    const second = api.run(startReport.parse({}));
    expect((await workers.next('start')).checkpoint).toEqual({ step: 1, arrays: {}, state });
    workers.current.die('a power cut');
    await expect(second).rejects.toMatchObject({ code: 'WORKER_DIED' });
    const third = api.run(startReport.parse({ fresh: true }));
    expect((await workers.next('start')).checkpoint).toBeNull();
    workers.current.say({ type: 'done', result: { kind: 'report', answers: 'head', ...found } });
    await third;
    expect(api.list()).toHaveLength(1);
  });

  test('of another encoder stands beside the first: both can be read, the newest is shown', async () => {
    const { store } = mappedProject();
    const { api, made } = use(store);
    const before = await made();
    withMaps(store, store.encoders()[0]!.id);
    const after = await made();
    expect(after.id).not.toBe(before.id);
    const read = (id?: number) => api.get({ id }) as StoredReport;
    expect(read().id).toBe(after.id);
    expect(read(before.id).content.runs.positive).toBeLessThan(read(after.id).content.runs.positive);
    expect(() => api.get({ id: 99 })).toThrow(expect.objectContaining({ code: 'REPORT_UNKNOWN' }));
  });

  test('that another version of the program kept is passed over', async () => {
    const { store } = mappedProject();
    const { api, made } = use(store);
    const { id } = await made();
    const old = await made({ fresh: true });
    store.finishReport(old.id, { ...store.reportContent(old.id)!, version: 1 as never });
    expect(api.get({})!.id).toBe(id);
    expect(api.list().map((card) => card.id)).toEqual([id]);
    expect(() => api.get({ id: old.id })).toThrow(expect.objectContaining({ code: 'REPORT_UNKNOWN' }));
  });
});

describe('people', () => {
  test('accept, reject and comment; the newest review of a claim is in page and table', async () => {
    const create = { width: 4, height: 2, channels: 3 as const, background: '#336699' };
    const thumbnail = await sharp({ create }).webp().toBuffer();
    const { api, made } = use(mappedProject(twoClasses(10).map((image) => ({ ...image, thumbnail }))).store);
    const { id } = await made();
    const of = { id, className: 'red', claim: 'verdict' };
    api.review({ ...of, decision: 'accept', comment: '' });
    const all = api.review({ ...of, decision: 'reject', comment: 'It is <the> hat.' });
    expect(all.map(({ decision }) => decision)).toEqual(['accept', 'reject']);
    expect(api.get({})!.reviews).toEqual(all);
    const unknown = expect.objectContaining({ code: 'REPORT_UNKNOWN' });
    expect(() => api.review({ ...of, id: 99, decision: null, comment: '' })).toThrow(unknown);

    const [html, csv] = ['page.html', 'table.csv'].map((name) => join(temporaryFolder(), name)) as [
      string,
      string,
    ];
    expect(await api.write({ id, html, csv })).toEqual({ files: [html, csv] });
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('rejected. It is &#60;the&#62; hat.');
    expect(page).not.toContain('accepted');
    const row = readFileSync(csv, 'utf8')
      .split('\n')
      .find((line) => line.startsWith('red,'))!;
    expect(row).toMatch(/^red,cue,reject,12,12,/);
  });

  test('name groups of images', async () => {
    const { api, made } = project();
    const { id } = await made();
    const imageIds = open!
      .images()
      .slice(0, 3)
      .map((image) => image.id);
    const [group] = api.putGroup({ name: 'with a collar', reportId: id, imageIds });
    expect(group).toMatchObject({ name: 'with a collar', reportId: id, images: 3 });
    expect(api.groups()).toEqual([group]);
    expect(api.dropGroup({ id: group!.id })).toEqual([]);
  });

  test('mark a cue, and the next report is another one, which looks at it', async () => {
    const { store } = mappedProject();
    const { made } = use(store);
    const before = await made();
    const imageId = store.images()[0]!.id;
    const geometry = { kind: 'box' as const, x: 4, y: 2, width: 8, height: 4 };
    store.editAnnotations([{ imageId, title: 'draw', changes: [{ put: { label: 'cue', geometry } }] }]);
    const after = await made();
    expect(after.id).not.toBe(before.id);
    // Images of 20 x 10 are seen as squares of 16.
    const image = after.job.images.find(({ id }) => id === imageId)!;
    expect(image.cues).toEqual([{ x: 3, y: 3, width: 7, height: 7 }]);
  });
});

describe('what cannot be reported on is said in one sentence', () => {
  const refused = async (images: ScannedImage[], wish: object = {}, mapped = true) => {
    const store = mapped ? mappedProject(images).store : newProject(images);
    return use(store)
      .api.run(startReport.parse(wish))
      .catch((error) => [error.code, error.message]);
  };
  const flat = Array.from({ length: 4 }, (_, i) => scanned(`${i}.png`, null));

  test.each([
    ['one class', twoClasses(4).slice(0, 4), {}, true, 'NO_CLASSES', /all images are in "cat"/],
    ['no classes', flat, {}, true, 'NO_CLASSES', /in none; put them into class sub-folders/],
    ['no mask', twoClasses(4), {}, false, 'NO_TRAINED_MASK', /train one first/],
    ['another run', twoClasses(4), { runId: 7 }, true, 'NO_TRAINED_MASK', /Run 7 is not/],
    ['another split', twoClasses(4), { split: 'val' }, true, expect.anything(), /val/],
    ['no objects', twoClasses(4), { masks: temporaryFolder() }, true, 'INVALID_INPUT', /No file in/],
  ] as const)('%s', async (_name, images, wish, mapped, code, message) => {
    expect(await refused([...images], wish, mapped)).toEqual([code, expect.stringMatching(message)]);
  });

  test('but images without a map are left out', async () => {
    const { store } = mappedProject();
    store.putImages([scanned('late/1.png', 'late')]);
    const { made } = use(store);
    const { job } = await made();
    // The image takes part in the search for near-duplicates only.
    expect(job.classes).toEqual(['cat', 'dog']);
    expect(job.images.find(({ className }) => className === 'late')!.label).toBeNull();
  });
});

test('objects of a folder are found by place and name', async () => {
  const masks = temporaryFolder();
  mkdirSync(join(masks, 'cat'));
  writeFileSync(join(masks, 'cat/003.png'), 'pixels');
  const { made } = project();
  const { job } = await made({ masks });
  expect(job.images.map(({ object }) => object).filter(Boolean)).toEqual([join(masks, 'cat/003.png')]);
});
