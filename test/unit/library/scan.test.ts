import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classify } from '../../../src/main/library/layout';
import { type ScanOptions, scanFolder } from '../../../src/main/library/scan';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { maskRun, SCALE, temporaryFolder } from '../store/support';
import { corners, noisyJpeg, oriented, put } from './pictures';

let folder: string;
let store: ProjectStore;
let png: Buffer;
beforeEach(async () => {
  folder = temporaryFolder();
  store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder });
  png = await corners().png().toBuffer();
});
afterEach(() => store.close());

const paths = (): string[] => store.images().map(({ path }) => path);
const scan = (options?: ScanOptions) => scanFolder(folder, store, options);
const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  );

describe('classify', () => {
  it.each([
    ['a.jpg', null, null],
    ['cat/a.jpg', null, 'cat'],
    ['cat/deep/er/a.jpg', null, 'cat'],
    ['train/a.jpg', 'train', null],
    ['train/cat/a.jpg', 'train', 'cat'],
    ['train/cat/deep/a.jpg', 'train', 'cat'],
    ['Test/cat/a.jpg', 'test', 'cat'],
    ['val_tagged/cat/a.jpg', 'val_tagged', 'cat'],
    ['validation/cat/a.jpg', 'validation', 'cat'],
    ['trains/steam/a.jpg', null, 'trains'],
    ['cat/train/a.jpg', null, 'cat'],
  ])('%s is of split %s and class %s', (path, split, className) => {
    expect(classify(path)).toEqual({ split, className });
  });
});

describe('scanFolder', () => {
  it('finds images, classes and splits, with size after orientation and the hash of the file', async () => {
    put(folder, 'train/cat/1.png', png);
    const file = put(folder, 'test/dog/turned.jpg', await oriented(6));
    put(folder, 'loose.png', png);
    expect(await scan()).toEqual({ images: 3, unreadable: 0, read: 3 });
    const [loose, turned, cat] = store.images();
    expect(loose).toMatchObject({ path: 'loose.png', className: null, split: null });
    expect(cat).toMatchObject({ path: 'train/cat/1.png', className: 'cat', split: 'train' });
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(turned).toMatchObject({ className: 'dog', split: 'test', width: 48, height: 32, hash });
  });

  it('makes upright WebP thumbnails, longest side 256, and does not enlarge', async () => {
    put(
      folder,
      'large.jpg',
      await sharp(await oriented(8))
        .autoOrient()
        .resize(960, 640)
        .jpeg()
        .toBuffer(),
    );
    put(folder, 'small.png', png);
    await scan();
    const sizes = await Promise.all(
      store.images().map(async ({ id }) => {
        const { format, width, height } = await sharp(store.thumbnail(id)!).metadata();
        return [format, width, height];
      }),
    );
    expect(sizes).toEqual([
      ['webp', 256, 171],
      ['webp', 48, 32],
    ]);
  });

  it('goes through a messy folder, listing what cannot be read with the reason', async () => {
    put(folder, 'ok/😀 smile.png', png);
    put(folder, 'ok/UPPER.PNG', png);
    put(folder, 'ok/with space, comma.png', png);
    put(folder, 'ok/cmyk.jpg', await corners().toColourspace('cmyk').jpeg().toBuffer());
    put(folder, 'ok/notes.txt', 'not looked at');
    put(folder, 'ok/Thumbs.db', 'not looked at');
    put(folder, 'ok/.hidden.png', png);
    put(folder, '.cache/hidden.png', png);
    put(folder, 'masks/ok/mask.png', png);
    put(folder, 'masks_test/mask.png', png);
    put(folder, 'ok/masks/only-top-level.png', png);
    put(folder, 'bad/empty.jpg', '');
    put(folder, 'bad/text.png', 'words');
    put(folder, 'bad/half.jpg', (await noisyJpeg()).subarray(0, 3000));
    put(folder, 'bad/old.bmp', 'BM..');
    mkdirSync(join(folder, 'folder.png'));

    expect(await scan()).toEqual({ images: 5, unreadable: 4, read: 5 });
    expect(paths()).toEqual([
      'ok/UPPER.PNG',
      'ok/cmyk.jpg',
      'ok/masks/only-top-level.png',
      'ok/with space, comma.png',
      'ok/😀 smile.png',
    ]);
    const reasons = Object.fromEntries(store.unreadable().map(({ path, message }) => [path, message]));
    expect(reasons['bad/empty.jpg']).toMatch(/empty/);
    expect(reasons['bad/text.png']).toMatch(/not an image/);
    expect(reasons['bad/half.jpg']).toMatch(/truncated/);
    expect(reasons['bad/old.bmp']).toMatch(/BMP/);
  });

  it('does not follow links to folders or out of the folder, and says so', async () => {
    put(folder, 'cat/a.png', png);
    const outside = put(temporaryFolder(), 'secret.png', png);
    symlinkSync(folder, join(folder, 'cat', 'loop'));
    symlinkSync(outside, join(folder, 'cat', 'out.png'));
    symlinkSync(join(folder, 'nowhere.png'), join(folder, 'cat', 'broken.png'));
    symlinkSync(join(folder, 'cat', 'a.png'), join(folder, 'inside.png'));
    await scan();
    expect(paths()).toEqual(['cat/a.png', 'inside.png']);
    const reasons = Object.fromEntries(store.unreadable().map(({ path, message }) => [path, message]));
    expect(Object.keys(reasons)).toEqual(['cat/broken.png', 'cat/loop', 'cat/out.png']);
    expect(reasons['cat/loop']).toMatch(/link to a folder/);
    expect(reasons['cat/out.png']).toMatch(/outside/);
    expect(reasons['cat/broken.png']).toMatch(/nowhere/);
  });

  it('leaves out what the program itself wrote', async () => {
    put(folder, 'cat/a.png', png);
    put(folder, 'results/project.penumbra', '');
    put(folder, 'results/export/heatmap/positive/cat/a.png', png);
    put(folder, 'maps/manifest.json', JSON.stringify({ program: 'penumbra' }));
    put(folder, 'maps/overlay/positive/cat/a.png', png);
    put(folder, 'other/manifest.json', '{"program":"something else"}');
    put(folder, 'other/b.png', png);
    await scan();
    expect(paths()).toEqual(['cat/a.png', 'other/b.png']);
  });

  it('tells how far it is, up to the end', async () => {
    for (let i = 0; i < 9; i++) put(folder, `cat/${i}.png`, i === 4 ? 'words' : png);
    const told: { done: number; total: number; unreadable: number }[] = [];
    await scan({ onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ done: 9, total: 9, unreadable: 1 });
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b));
  });

  it('stops when asked, keeping what has been read', async () => {
    for (let i = 0; i < 40; i++) put(folder, `cat/${i}.png`, png);
    const stop = new AbortController();
    const error = await failure(scan({ signal: stop.signal, onProgress: () => stop.abort() }));
    expect(error.code).toBe('STOPPED');
    const kept = store.counts().images;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(40);
    expect((await scan()).read).toBe(40 - kept);
  });
});

describe('a second scan', () => {
  it('reads only what is new or has changed, and forgets what went away', async () => {
    for (const name of ['same', 'changed', 'gone']) put(folder, `cat/${name}.png`, png);
    await scan();
    const ids = new Map(store.images().map(({ path, id }) => [path, id]));
    put(folder, 'cat/new.png', png);
    put(folder, 'cat/changed.png', await corners().resize(10, 10).png().toBuffer());
    rmSync(join(folder, 'cat/gone.png'));
    expect(await scan()).toEqual({ images: 3, unreadable: 0, read: 2 });
    expect(paths()).toEqual(['cat/changed.png', 'cat/new.png', 'cat/same.png']);
    expect(store.images()[0]).toMatchObject({ id: ids.get('cat/changed.png'), width: 10 });
    expect(store.images()[2]!.id).toBe(ids.get('cat/same.png'));
  });

  it('keeps maps of a file whose time alone has changed', async () => {
    const file = put(folder, 'cat/a.png', png);
    await scan();
    const imageId = store.images()[0]!.id;
    const runId = maskRun(store, 'positive');
    const map = {
      runId,
      imageId,
      width: 1,
      height: 1,
      logOdds: new Float32Array(1),
      meanBits: 1,
      totalBits: 1,
    };
    store.putMaps([map], SCALE);
    utimesSync(file, new Date(0), new Date(0));
    expect((await scan()).read).toBe(1);
    expect(store.map(runId, imageId)).not.toBeNull();
  });

  it('empties the list of unreadable files once they have been repaired', async () => {
    put(folder, 'cat/a.png', png);
    put(folder, 'cat/b.png', png.subarray(0, 100));
    await scan();
    expect(store.unreadable()).toHaveLength(1);
    put(folder, 'cat/b.png', png);
    await scan();
    expect([store.unreadable(), paths()]).toEqual([[], ['cat/a.png', 'cat/b.png']]);
  });

  it('forgets nothing when the folder has gone or is empty', async () => {
    put(folder, 'cat/a.png', png);
    await scan();
    renameSync(join(folder, 'cat'), join(folder, '.cat'));
    expect((await failure(scan())).code).toBe('NO_IMAGES');
    rmSync(folder, { recursive: true });
    expect((await failure(scan())).code).toBe('FOLDER_MISSING');
    expect(paths()).toEqual(['cat/a.png']);
  });

  // The administrator may read everything, so the permission cannot be taken away.
  it.skipIf(process.getuid?.() === 0)(
    'keeps what lies in a sub-folder that cannot be listed now',
    async () => {
      put(folder, 'cat/a.png', png);
      put(folder, 'dog/a.png', png);
      await scan();
      chmodSync(join(folder, 'dog'), 0);
      await scan();
      chmodSync(join(folder, 'dog'), 0o700);
      expect(paths()).toEqual(['cat/a.png', 'dog/a.png']);
      expect(store.unreadable()[0]).toMatchObject({ path: 'dog', code: 'FOLDER_UNREADABLE' });
    },
  );
});

describe('a folder without images', () => {
  it('is refused with what to do', async () => {
    put(folder, 'notes.txt', 'words');
    const error = await failure(scan());
    expect(error.code).toBe('NO_IMAGES');
    expect(error.message).toMatch(/JPEG, PNG/);
  });

  it('is refused naming the first reason when none can be read, and the list is kept', async () => {
    put(folder, 'a.png', '');
    const error = await failure(scan());
    expect([error.code, /empty/.test(error.message)]).toEqual(['NO_IMAGES', true]);
    expect(store.unreadable()).toHaveLength(1);
  });

  it('is not a file', async () => {
    const file = put(folder, 'a.png', png);
    expect((await failure(scanFolder(file, store))).code).toBe('FOLDER_MISSING');
  });
});
