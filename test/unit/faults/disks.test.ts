/** Disks that are full, closed to writing or pulled out: one sentence each, and what was there stays. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PenumbraError } from '../../../src/contract/errors';
import { type StartExport, startExport } from '../../../src/contract/types';
import { mediaSource } from '../../../src/main/api/media';
import { settingsApi } from '../../../src/main/api/settings';
import { ProjectWorkspace } from '../../../src/main/api/workspace';
import { exportProject } from '../../../src/main/exports';
import { scanFolder } from '../../../src/main/library/scan';
import { deserialise } from '../../../src/main/models/serialise';
import { MIGRATIONS } from '../../../src/main/store/migrations';
import { openProject } from '../../../src/main/store/project';
import type { Checkpoint } from '../../../src/main/training/protocol';
import { createRunQueue } from '../../../src/main/training/queue';
import { openProgram, scanned as scanProgram } from '../api/support';
import { put } from '../library/pictures';
import { maskRun, SCALE, scanned, temporaryFolder } from '../store/support';
import { Events, encoderResult, FakeWorkers, threeRuns } from '../training/fakes';
import { canMount, type Disk, insertDisk, removeDisk } from './disk';

let disk: Disk;
beforeEach(() => {
  if (canMount) disk = insertDisk(4);
});
afterEach(() => {
  if (canMount) removeDisk(disk);
});

function thrown(work: () => unknown): Pick<PenumbraError, 'code' | 'message'> {
  try {
    work();
  } catch (error) {
    return error as PenumbraError;
  }
  throw new Error('Nothing was thrown.');
}
const rejected = (work: Promise<unknown>): Promise<PenumbraError> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  );

const FULL = {
  code: 'DISK_FULL',
  message: expect.stringMatching(/^The disk is full: "[^"]+" could not be written.*\.$/),
};
const CLOSED = {
  code: 'NOT_WRITABLE',
  message: expect.stringMatching(/cannot be written.*check the permissions.*\.$/),
};

/** Looks at a copy, with its log: on a full disk SQLite has no room to look. @returns the copy */
function expectIntact(file: string): string {
  const copy = join(temporaryFolder(), 'copy.penumbra');
  for (const suffix of ['', '-wal'])
    if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
  const db = new Database(copy);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  return copy;
}

/** Pictures of noise, whose thumbnails are of some size. */
async function pictures(folder: string, count: number): Promise<void> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  const picture = await sharp({ create: { width: 256, height: 256, channels: 3, background: 'red', noise } })
    .png()
    .toBuffer();
  for (let i = 0; i < count; i++) put(folder, `cat/${i}.png`, picture);
}

const BOX = { kind: 'box', x: 1, y: 1, width: 2, height: 2 } as const;
const stroke = (title: string) => [
  { imageId: 1, title, changes: [{ put: { label: 'object', name: title, geometry: BOX } }] },
];

/** A project with one map of each of some images. */
function drawnProject(file: string, images: number, side: number) {
  const store = openProject(file, { folder: '/photos' });
  store.putImages(
    Array.from({ length: images }, (_, i) => scanned(`${i}.png`, { width: side, height: side })),
  );
  const runId = maskRun(store, 'positive');
  const logOdds = Float32Array.from({ length: 64 }, (_, i) => i - 32);
  const map = { runId, width: 8, height: 8, logOdds, meanBits: 1, totalBits: 1 };
  store.putMaps(
    store.images().map(({ id }) => ({ ...map, imageId: id })),
    SCALE,
  );
  store.finishRun(runId, new Uint8Array(1), { status: 'done' });
  return store;
}

const npy = (out: string): StartExport => startExport.parse({ formats: ['npy'], out, masks: ['positive'] });

describe.skipIf(!canMount)('a full disk', () => {
  it('ends a scan; what was read is kept, and the next scan goes on', async () => {
    const folder = temporaryFolder();
    await pictures(folder, 300);
    const file = join(disk.path, 'p.penumbra');
    const store = openProject(file, { folder });
    expect(await rejected(scanFolder(folder, store))).toMatchObject(FULL);
    const kept = store.counts().images;
    expect(kept).toBeLessThan(300);
    store.close();

    const again = openProject(expectIntact(file));
    expect(await scanFolder(folder, again)).toMatchObject({ images: 300, read: 300 - kept });
    again.close();
  });

  it('ends an export with whole files only, known as incomplete; with room it comes to its end', async () => {
    const store = drawnProject(join(temporaryFolder(), 'p.penumbra'), 12, 256);
    const out = join(disk.path, 'out');
    expect(await rejected(exportProject(store, npy(out)))).toMatchObject(FULL);
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.some(({ name }) => name.endsWith('.tmp'))).toBe(false);
    // A header of 128 bytes, then float32.
    for (const { parentPath, name } of files)
      if (name.endsWith('.npy'))
        expect(readFileSync(join(parentPath, name))).toHaveLength(128 + 4 * 256 * 256);
    expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))).toMatchObject({ complete: false });
    const elsewhere = join(temporaryFolder(), 'out');
    expect(await exportProject(store, npy(elsewhere))).toMatchObject({ images: 12, failed: [] });
    store.close();
  });

  it('refuses a stroke; the strokes before it stay, and those after it are kept', () => {
    const file = join(disk.path, 'p.penumbra');
    const store = openProject(file, { folder: '/photos' });
    store.putImages([scanned('a.png')]);
    store.editAnnotations(stroke('before'));
    disk.fill();
    const refused: string[] = [];
    for (let i = 0; refused.length === 0 && i < 10_000; i++) {
      try {
        store.editAnnotations(stroke(`stroke ${i}`));
      } catch (error) {
        expect(error).toMatchObject(FULL);
        refused.push(`stroke ${i}`);
      }
    }
    expect(refused).toHaveLength(1);
    disk.free();
    store.editAnnotations(stroke('after'));
    const names = store.annotations(1).regions.map(({ name }) => name);
    expect([names[0], names.at(-1)]).toEqual(['before', 'after']);
    expect(names).not.toContain(refused[0]);
    store.close();
    expectIntact(file);
  });

  it('fails a run; its last checkpoint stays, and with room it goes on from there', async () => {
    const file = join(disk.path, 'p.penumbra');
    const store = openProject(file, { folder: disk.path });
    store.putImages(
      Array.from({ length: 20 }, (_, i) => scanned(`${i % 2}/${i}.png`, { className: String(i % 2) })),
    );
    const workers = new FakeWorkers();
    const events = new Events();
    const open = () =>
      createRunQueue({ store, emit: events.emit, spawn: workers.spawn, workerFile: 'worker.js' });
    const queue = open();
    queue.add(threeRuns());
    await workers.next('start');
    workers.current.say({ type: 'done', result: encoderResult });
    await workers.next('start');
    const checkpoint = (step: number, length: number): Checkpoint => ({
      step,
      arrays: { weights: { shape: [length], values: Float32Array.from({ length }, Math.random) } },
      state: {},
    });
    workers.current.say({ type: 'checkpoint', checkpoint: checkpoint(3, 10) });
    workers.current.say({ type: 'checkpoint', checkpoint: checkpoint(6, 2_000_000) });
    await queue.settled();
    const mask = queue.summaries().find(({ kind }) => kind === 'mask')!;
    expect(mask).toMatchObject({ status: 'failed', error: FULL });
    expect(deserialise<Checkpoint>(store.checkpoint(mask.id)!).step).toBe(3);
    await queue.close();
    store.close();

    const again = openProject(expectIntact(file));
    const resumed = createRunQueue({
      ...{ store: again, emit: events.emit, spawn: workers.spawn, workerFile: 'worker.js' },
    });
    resumed.resume(mask.id);
    expect((await workers.next('start')).checkpoint!.step).toBe(3);
    workers.current.say({ type: 'stopped' });
    await resumed.close();
    again.close();
  });

  it('keeps the settings as they were, and does not keep a project from being opened', async () => {
    const data = join(disk.path, 'data');
    const folder = temporaryFolder();
    await pictures(folder, 1);
    const workspace = new ProjectWorkspace({ dataDirectory: data });
    const settings = settingsApi(workspace);
    settings.set({ key: 'theme', value: 'dark' });
    disk.fill();
    expect(thrown(() => settings.set({ key: 'theme', value: 'x'.repeat(20_000) }))).toMatchObject(FULL);
    expect(settings.get()).toEqual({ theme: 'dark' });
    await workspace.openFolder(folder, join(temporaryFolder(), 'p.penumbra'));
    expect(workspace.summary()).not.toBeNull();
    await workspace.close();
  });

  it('lets a project be opened and looked at', () => {
    const file = join(disk.path, 'p.penumbra');
    drawnProject(file, 3, 8).close();
    disk.fill();
    const store = openProject(file);
    expect(store.images()).toHaveLength(3);
    expect(store.mapsOfImage(1)).toHaveLength(1);
    store.close();
    expectIntact(file);
  });

  it('stops a migration before it begins: the project keeps its schema, and no half backup is left', () => {
    const file = join(disk.path, 'p.penumbra');
    const store = openProject(file, { folder: '/photos' });
    store.putImages([scanned('a.png', { thumbnail: new Uint8Array(1_500_000) })]);
    store.close();
    disk.fill();
    const next = { version: MIGRATIONS.at(-1)!.version + 1, sql: 'CREATE TABLE later (x)' };
    expect(thrown(() => openProject(file, { migrations: [...MIGRATIONS, next] }))).toMatchObject(FULL);
    disk.free();
    expect(readdirSync(disk.path)).toEqual(['p.penumbra']);
    const again = openProject(file);
    expect(again.images()).toHaveLength(1);
    again.close();
  });
});

describe.skipIf(!canMount)('a disk that is closed to writing', () => {
  it('holds images that are scanned as ever', async () => {
    await pictures(join(disk.path, 'images'), 3);
    disk.closeToWriting();
    const store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder: disk.path });
    expect(await scanFolder(disk.path, store)).toMatchObject({ images: 3 });
    store.close();
  });

  it('holds no project that can be opened, and takes no export', async () => {
    const file = join(disk.path, 'p.penumbra');
    drawnProject(file, 1, 8).close();
    const before = readFileSync(file);
    disk.closeToWriting();
    expect(thrown(() => openProject(file))).toMatchObject(CLOSED);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(thrown(() => openProject(join(disk.path, 'new.penumbra'), { folder: '/photos' }))).toMatchObject({
      code: 'NOT_WRITABLE',
    });
    const store = drawnProject(join(temporaryFolder(), 'p.penumbra'), 1, 8);
    for (const out of [join(disk.path, 'out'), disk.path])
      expect(await rejected(exportProject(store, npy(out)))).toMatchObject({ code: 'NOT_WRITABLE' });
    store.close();
  });
});

describe.skipIf(!canMount)('a disk that is pulled out', () => {
  it('is told when its images are looked at or looked for, and nothing of them is forgotten', async () => {
    await pictures(join(disk.path, 'images'), 3);
    const program = await openProgram();
    const opened = { ...program, images: disk.path };
    await scanProgram(opened);
    disk.unplug();
    const media = mediaSource(program.workspace);
    expect(await rejected(media.image(1, null).load())).toMatchObject({
      code: 'FOLDER_MISSING',
      message: expect.stringMatching(/is not there any more: connect its disk/),
    });
    expect(await rejected(scanFolder(disk.path, program.workspace.requireStore()))).toMatchObject({
      code: 'NO_IMAGES',
    });
    expect((await program.client.library.list({})).total).toBe(3);
    expect((await media.thumbnail(1).load()).bytes.length).toBeGreaterThan(0);
    await program.close();
  });
});

it('says so in one sentence where a file lies in the way', () => {
  const file = put(temporaryFolder(), 'a.png', 'x');
  writeFileSync(file, 'x');
  expect(thrown(() => openProject(join(file, 'p.penumbra'), { folder: '/photos' }))).toMatchObject({
    code: 'NOT_WRITABLE',
  });
});

it('takes away what a killed export left half written, and leaves what another is writing', async () => {
  const store = drawnProject(join(temporaryFolder(), 'p.penumbra'), 1, 8);
  const out = join(temporaryFolder(), 'out');
  await exportProject(store, npy(out));
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  put(out, `positive/.penumbra-${gone}-3.tmp`, 'half');
  put(out, `positive/.penumbra-${process.ppid}-3.tmp`, 'half');
  await exportProject(store, npy(out));
  expect(readdirSync(join(out, 'positive')).sort()).toEqual([`.penumbra-${process.ppid}-3.tmp`, '0.npy']);
  store.close();
});
