/** Image folders that move, vanish or change beneath the program, and projects that belong to others. */
import { mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startExport } from '../../../src/contract/types';
import { mediaSource } from '../../../src/main/api/media';
import { exportProject } from '../../../src/main/exports';
import { decodeSquare } from '../../../src/main/library/decode';
import { scanFolder } from '../../../src/main/library/scan';
import { serialise } from '../../../src/main/models/serialise';
import { MIGRATIONS } from '../../../src/main/store/migrations';
import type { ProjectStore } from '../../../src/main/store/types';
import { createRunQueue } from '../../../src/main/training/queue';
import { eventsUntil, type Opened, openProgram, scanEnded, scanned, writeImage } from '../api/support';
import { maskRun, SCALE } from '../store/support';
import { FakeWorkers, maskModel } from '../training/fakes';

let program: Opened;
let store: ProjectStore;
beforeEach(async () => {
  program = await openProgram();
  await scanned(program);
  store = program.workspace.requireStore();
});
afterEach(() => program.close());

const rejected = (
  work: Promise<unknown>,
): Promise<{ code?: string; message: string; data?: { code: string } }> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  );

const GONE = {
  code: 'FOLDER_MISSING',
  message: expect.stringMatching(/^The image folder ".*animals" is not there any more: .*\.$/),
};

/** A mask with maps of the first images. */
function mapped(count: number): number {
  const runId = maskRun(store, 'positive');
  const map = { runId, width: 2, height: 1, logOdds: Float32Array.of(1, -1), meanBits: 1, totalBits: 1 };
  store.putMaps(
    store
      .images()
      .slice(0, count)
      .map(({ id }) => ({ ...map, imageId: id })),
    SCALE,
  );
  store.finishRun(runId, new Uint8Array(1), { status: 'done' });
  return runId;
}

describe('a folder that was moved', () => {
  let moved: string;
  beforeEach(() => {
    moved = join(program.root, 'elsewhere');
    renameSync(program.images, moved);
  });

  it('is told when an image is looked at; thumbnails are still there', async () => {
    const media = mediaSource(program.workspace);
    expect(await rejected(media.image(1, null).load())).toMatchObject(GONE);
    expect((await media.thumbnail(1).load()).type).toBe('image/webp');
  });

  it('is told by a scan, which forgets nothing', async () => {
    const events = await program.client.events.subscribe();
    await program.client.library.rescan();
    const last = (await eventsUntil(events, scanEnded)).at(-1);
    expect(last).toMatchObject({ error: { code: 'FOLDER_MISSING' } });
    expect(store.images()).toHaveLength(3);
  });

  it('is found again when its project is opened with the new place', async () => {
    const { file } = store;
    const [image] = store.images();
    await program.client.project.openFolder({ folder: moved, file });
    await program.client.project.close();
    const events = await program.client.events.subscribe();
    await program.client.project.openFolder({ folder: moved, file });
    await eventsUntil(events, scanEnded);
    const again = program.workspace.requireStore();
    expect(again.folder).toBe(moved);
    expect(again.image(image!.id)).toEqual(image);
    await mediaSource(program.workspace).image(image!.id, null).load();
  });

  it('fails a maps run as a whole, with no word on single images', async () => {
    const workers = new FakeWorkers();
    const queue = createRunQueue({ store, emit: () => {}, spawn: workers.spawn, workerFile: 'worker.js' });
    const after = maskRun(store, 'positive');
    store.finishRun(after, serialise(maskModel), { status: 'done' });
    const config = { device: 'cpu', split: null, dataHash: '', training: { batch: 8 } };
    queue.add([{ kind: 'maps', mask: 'positive', title: 'maps', encoderId: null, after, config, steps: 3 }]);
    await workers.next('start');
    const unreadable = { code: 'IMAGE_UNREADABLE', message: '"1.png" cannot be read.' } as const;
    workers.current.say({
      type: 'done',
      result: { kind: 'maps', failed: store.images().map(({ id }) => ({ id, ...unreadable })) },
    });
    await queue.settled();
    expect(queue.summaries().at(-1)).toMatchObject({ status: 'failed', error: GONE });
    const query = { sort: 'name', descending: false, offset: 0, limit: 10 } as const;
    const warnings = store.listImages(query).images.flatMap((image) => image.warnings);
    expect(warnings.filter((warning) => warning.includes('no map'))).toEqual([]);
    await queue.close();
  });
});

describe('a folder that goes away while it is scanned', () => {
  it('ends the scan, and the images that were known stay known', async () => {
    for (let i = 0; i < 60; i++) await writeImage(join(program.images, 'cat', `more ${i}.png`));
    await scanFolder(program.images, store);
    const runId = mapped(63);
    // Touched, so that every file is read again.
    for (const { path } of store.images()) utimesSync(join(program.images, path), 1, 1);
    let away = false;
    const work = scanFolder(program.images, store, {
      onProgress: () => {
        if (!away) renameSync(program.images, join(program.root, 'away'));
        away = true;
      },
    });
    expect(await rejected(work)).toMatchObject(GONE);
    expect(store.images()).toHaveLength(63);
    expect(store.mappedImages(runId).size).toBe(63);
  });
});

describe('an image that changed since it was scanned', () => {
  let file: string;
  let imageId: number;
  beforeEach(async () => {
    mapped(3);
    const [image] = store.images();
    imageId = image!.id;
    file = join(program.images, image!.path);
    const { atime, mtime } = statSync(file);
    await writeImage(file, 12, 7);
    utimesSync(file, atime, mtime);
  });
  const changed = {
    code: 'IMAGE_CHANGED',
    message: expect.stringMatching(/"1\.png" has changed since it was scanned; .*\.$/),
  };

  it('is not shown beneath maps of another picture, nor trained on, nor exported with them', async () => {
    expect(await rejected(mediaSource(program.workspace).image(imageId, null).load())).toMatchObject(changed);
    expect(await rejected(decodeSquare(file, 8, store.image(imageId)!.hash))).toMatchObject(changed);
    const request = { formats: ['overlay', 'sheet'], masks: ['positive'], out: join(program.root, 'out') };
    const { failed } = await exportProject(store, startExport.parse(request));
    expect(failed).toEqual([{ path: 'cat/1.png', ...changed }]);
  });

  it('is read again by the next scan, even with its old time, and says that it needs maps', async () => {
    await rejected(mediaSource(program.workspace).image(imageId, null).load());
    await scanFolder(program.images, store);
    await mediaSource(program.workspace).image(imageId, null).load();
    const query = { sort: 'name', descending: false, offset: 0, limit: 10 } as const;
    expect(store.listImages(query).images[0]).toMatchObject({
      height: 7,
      positiveBits: null,
      warnings: [
        expect.stringMatching(/has changed since its maps were computed; compute its maps again\.$/),
      ],
    });
    expect(store.mapsOfImage(imageId)).toEqual([]);
  });
});

describe('a project', () => {
  it('that is open in another window is refused, and the other goes on', async () => {
    const other = await openProgram();
    expect(await rejected(other.client.project.openFile({ file: store.file }))).toMatchObject({
      data: { code: 'PROJECT_BUSY' },
      message: expect.stringMatching(
        /^The project ".*" is open in another window or process; close it there first\.$/,
      ),
    });
    await program.client.settings.set({ key: 'project.test', value: 1 });
    expect(await program.client.settings.get()).toMatchObject({ 'project.test': 1 });
    await other.close();
  });

  it('of a newer version is refused, and not a byte of it is changed', async () => {
    const { file } = store;
    await program.client.project.close();
    const db = new Database(file);
    db.pragma(`user_version = ${MIGRATIONS.at(-1)!.version + 1}`);
    db.close();
    const before = readFileSync(file);
    expect(await rejected(program.client.project.openFile({ file }))).toMatchObject({
      data: { code: 'PROJECT_NEWER' },
      message: expect.stringMatching(/newer version of Penumbra .*update Penumbra.*\.$/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is a folder or a text is refused in words', async () => {
    const text = join(program.root, 'text.penumbra');
    writeFileSync(text, 'x'.repeat(5000));
    expect(await rejected(program.client.project.openFile({ file: text }))).toMatchObject({
      data: { code: 'PROJECT_UNREADABLE' },
    });
    mkdirSync(join(program.root, 'folder.penumbra'));
    expect(
      await rejected(program.client.project.openFile({ file: join(program.root, 'folder.penumbra') })),
    ).toMatchObject({ data: { code: 'PROJECT_MISSING' } });
  });
});
