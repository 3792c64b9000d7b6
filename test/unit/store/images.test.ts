import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageQuery } from '../../../src/contract/types';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { maskRun, SCALE, scanned, temporaryFolder } from './support';

const QUERY: ImageQuery = { sort: 'name', descending: false, offset: 0, limit: 100 };

let store: ProjectStore;
beforeEach(() => {
  store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder: '/photos' });
});
afterEach(() => store.close());

const listed = (query: Partial<ImageQuery>): string[] =>
  store.listImages({ ...QUERY, ...query }).images.map(({ path }) => path);
const idOf = (path: string): number => store.images().find((image) => image.path === path)!.id;

function fill(): void {
  store.putImages([
    scanned('train/cat/2.jpg', { className: 'cat', split: 'train' }),
    scanned('train/cat/1.jpg', { className: 'cat', split: 'train' }),
    scanned('train/dog/1.jpg', { className: 'dog', split: 'train' }),
    scanned('test/cat/ÄPFEL.jpg', { className: 'cat', split: 'test' }),
    scanned('loose.jpg'),
  ]);
}

function putBits(runId: number, bits: Record<string, number>): void {
  const maps = Object.entries(bits).map(([path, meanBits]) => ({
    ...{ runId, imageId: idOf(path), width: 1, height: 1, logOdds: new Float32Array(1) },
    ...{ meanBits, totalBits: meanBits * 48 },
  }));
  store.putMaps(maps, SCALE);
}

describe('images', () => {
  it('come back as they were put, in path order', () => {
    fill();
    expect(store.images().map(({ path }) => path)).toEqual([
      'loose.jpg',
      'test/cat/ÄPFEL.jpg',
      'train/cat/1.jpg',
      'train/cat/2.jpg',
      'train/dog/1.jpg',
    ]);
    const id = idOf('train/dog/1.jpg');
    expect(store.image(id)).toEqual({
      ...{ id, path: 'train/dog/1.jpg', className: 'dog', split: 'train', width: 8, height: 6 },
      hash: 'hash of train/dog/1.jpg',
    });
    expect([...store.thumbnail(id)!]).toEqual([1, 2, 3]);
    expect([store.image(999), store.thumbnail(999)]).toEqual([null, null]);
  });

  it('are found by split and by ids', () => {
    fill();
    expect(store.images({ split: 'test' }).map(({ path }) => path)).toEqual(['test/cat/ÄPFEL.jpg']);
    const ids = [idOf('train/dog/1.jpg'), idOf('loose.jpg')];
    expect(store.images({ ids }).map(({ path }) => path)).toEqual(['loose.jpg', 'train/dog/1.jpg']);
    expect(store.images({ ids, split: 'train' }).map(({ path }) => path)).toEqual(['train/dog/1.jpg']);
    expect(store.images({ ids: [] })).toEqual([]);
  });

  it('are counted by class and split', () => {
    fill();
    const { classes, splits, images } = store.counts();
    expect(images).toBe(5);
    expect(classes.map(({ name, images }) => [name, images])).toEqual([
      ['cat', 3],
      ['dog', 1],
    ]);
    expect(splits).toEqual([
      { name: 'test', images: 1 },
      { name: 'train', images: 3 },
    ]);
  });

  it('keep their id when renewed', () => {
    fill();
    const id = idOf('loose.jpg');
    store.putImages([scanned('loose.jpg', { width: 9, className: 'cat', hash: 'other' })]);
    expect(store.image(id)).toMatchObject({ width: 9, className: 'cat', hash: 'other' });
    expect(store.counts().images).toBe(5);
  });

  it('are known by size and time, to the fraction of a millisecond', () => {
    fill();
    expect(store.knownFiles().get('loose.jpg')).toEqual({ bytes: 100, modifiedMs: 1_700_000_000_000.25 });
  });

  it('are forgotten with their maps, thumbnails and empty classes', () => {
    fill();
    const id = idOf('train/dog/1.jpg');
    const run = maskRun(store, 'positive');
    putBits(run, { 'train/dog/1.jpg': 3 });
    store.keepOnly(new Set(['train/cat/1.jpg', 'loose.jpg']));
    expect(store.images().map(({ path }) => path)).toEqual(['loose.jpg', 'train/cat/1.jpg']);
    expect([store.thumbnail(id), store.map(run, id)]).toEqual([null, null]);
    expect(store.counts().classes.map(({ name }) => name)).toEqual(['cat']);
  });

  it('lose their maps when the file holds another picture, and only then', () => {
    fill();
    const run = maskRun(store, 'positive');
    putBits(run, { 'loose.jpg': 3 });
    const id = idOf('loose.jpg');
    store.putImages([scanned('loose.jpg', { modifiedMs: 5 })]);
    expect(store.map(run, id)).not.toBeNull();
    store.putImages([scanned('loose.jpg', { hash: 'another' })]);
    expect(store.map(run, id)).toBeNull();
    expect(store.listImages({ ...QUERY, search: 'loose' }).images[0]!.positiveBits).toBeNull();
  });
});

describe('unreadable files', () => {
  it('are replaced as a list', () => {
    const entry = { path: 'b.jpg', code: 'IMAGE_UNREADABLE' as const, message: 'empty' };
    store.putUnreadable([entry, { ...entry, path: 'a.jpg' }]);
    expect(store.unreadable().map(({ path }) => path)).toEqual(['a.jpg', 'b.jpg']);
    store.putUnreadable([entry]);
    expect(store.unreadable()).toEqual([entry]);
    expect(store.counts().unreadable).toBe(1);
  });
});

describe('listImages', () => {
  it('filters by class, split and search, and counts all that match', () => {
    fill();
    expect(listed({ className: 'cat' })).toHaveLength(3);
    expect(listed({ className: 'cat', split: 'train' })).toEqual(['train/cat/1.jpg', 'train/cat/2.jpg']);
    expect(listed({ className: 'bird' })).toEqual([]);
    expect(listed({ search: 'DOG' })).toEqual(['train/dog/1.jpg']);
    expect(listed({ search: '%' })).toEqual([]);
    expect(store.listImages({ ...QUERY, className: 'cat', limit: 1 })).toMatchObject({ total: 3 });
  });

  it('searches without regard to case and Unicode composition', () => {
    fill();
    expect(listed({ search: 'äpfel' })).toEqual(['test/cat/ÄPFEL.jpg']);
    expect(listed({ search: 'äpfel'.normalize('NFD') })).toEqual(['test/cat/ÄPFEL.jpg']);
  });

  it('pages', () => {
    fill();
    const all = listed({});
    expect([
      ...listed({ limit: 2 }),
      ...listed({ offset: 2, limit: 2 }),
      ...listed({ offset: 4, limit: 2 }),
    ]).toEqual(all);
    expect(listed({ descending: true })).toEqual(all.toReversed());
  });

  it('sorts by bits, images without a map last either way', () => {
    fill();
    putBits(maskRun(store, 'negative'), { 'train/cat/1.jpg': 2, 'train/cat/2.jpg': 1, 'train/dog/1.jpg': 3 });
    const without = ['loose.jpg', 'test/cat/ÄPFEL.jpg'];
    const rising = ['train/cat/2.jpg', 'train/cat/1.jpg', 'train/dog/1.jpg'];
    expect(listed({ sort: 'negativeBits' })).toEqual([...rising, ...without]);
    expect(listed({ sort: 'negativeBits', descending: true })).toEqual([
      ...rising.toReversed(),
      ...without.toReversed(),
    ]);
    expect(listed({ sort: 'positiveBits' })).toHaveLength(5);
    const pages = [0, 2, 4].flatMap((offset) => listed({ sort: 'negativeBits', offset, limit: 2 }));
    expect(pages).toEqual([...rising, ...without]);
  });

  it('shows the bits of the newest run of each kind', () => {
    fill();
    const older = maskRun(store, 'positive');
    const newer = maskRun(store, 'positive');
    putBits(newer, { 'loose.jpg': 5 });
    putBits(older, { 'loose.jpg': 4, 'train/cat/1.jpg': 6 });
    putBits(maskRun(store, 'negative'), { 'loose.jpg': 1 });
    const { images } = store.listImages(QUERY);
    const bits = Object.fromEntries(
      images.map((image) => [image.path, [image.positiveBits, image.negativeBits]]),
    );
    expect(bits['loose.jpg']).toEqual([5, 1]);
    expect(bits['train/cat/1.jpg']).toEqual([6, null]);
    expect(bits['train/dog/1.jpg']).toEqual([null, null]);
  });
});
