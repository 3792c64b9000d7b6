import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Geometry, RegionChange } from '../../../src/contract/annotations';
import type { ImageQuery } from '../../../src/contract/types';
import { decodeObject } from '../../../src/main/library/decode';
import { objectMask, squareMask } from '../../../src/main/store/objectMask';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { scanned, temporaryFolder } from './support';

const QUERY: ImageQuery = { sort: 'name', descending: false, offset: 0, limit: 100 };
const BOX: Geometry = { kind: 'box', x: 1, y: 1, width: 3, height: 2 };
const WIDE: Geometry = { kind: 'box', x: 1, y: 1, width: 4, height: 2 };

let file: string;
let store: ProjectStore;
beforeEach(() => {
  file = join(temporaryFolder(), 'p.penumbra');
  store = openProject(file, { folder: '/photos' });
  store.putImages([scanned('a.jpg'), scanned('b.jpg'), scanned('c.jpg')]);
});
afterEach(() => store.close());

const idOf = (path: string): number => store.images().find((image) => image.path === path)!.id;
const edit = (imageId: number, changes: RegionChange[], title = 'edit'): number[] =>
  store.editAnnotations([{ imageId, title, changes }])[0]!;
const add = (imageId: number, geometry: Geometry = BOX, label = 'object'): number =>
  edit(imageId, [{ put: { label, geometry } }], 'add')[0]!;
const shapesOf = (imageId: number): Geometry[] =>
  store.annotations(imageId).regions.map((region) => region.geometry);
const listed = (query: Partial<ImageQuery>): string[] =>
  store.listImages({ ...QUERY, ...query }).images.map(({ path }) => path);

describe('regions', () => {
  it('come back as they were put', () => {
    const imageId = idOf('a.jpg');
    const id = add(imageId);
    expect(store.annotations(imageId)).toEqual({
      regions: [
        {
          ...{ id, imageId, label: 'object', geometry: BOX, name: null, locked: false, hidden: false },
          ...{ createdAt: expect.any(String), updatedAt: expect.any(String) },
        },
      ],
      state: { checked: false, tags: [], note: '' },
      history: { undo: 'add', redo: null },
    });
  });

  it('change in what is named, and keep the rest', () => {
    const imageId = idOf('a.jpg');
    const id = add(imageId);
    edit(imageId, [{ put: { id, locked: true, name: 'left one' } }]);
    expect(store.annotations(imageId).regions).toMatchObject([
      { id, label: 'object', geometry: BOX, name: 'left one', locked: true, hidden: false },
    ]);
    edit(imageId, [{ put: { id, label: 'cue', geometry: WIDE, name: null } }]);
    expect(store.annotations(imageId).regions).toMatchObject([
      { id, label: 'cue', geometry: WIDE, name: null, locked: true },
    ]);
  });

  it('are cut to their image, and refused where they lie outside', () => {
    const imageId = idOf('a.jpg');
    add(imageId, { kind: 'box', x: -5, y: 4, width: 100, height: 100 });
    expect(shapesOf(imageId)).toEqual([{ kind: 'box', x: 0, y: 4, width: 8, height: 2 }]);
    expect(() => add(imageId, { kind: 'box', x: 8, y: 0, width: 5, height: 5 })).toThrow(
      /outside of "a.jpg"/,
    );
  });

  it('of one step stand and fall together', () => {
    const imageId = idOf('a.jpg');
    const changes = [{ put: { label: 'object', geometry: BOX } }, { remove: 99 }];
    expect(() => edit(imageId, changes)).toThrow('"a.jpg" has no region 99');
    expect(store.annotations(imageId)).toMatchObject({ regions: [], history: { undo: null } });
  });

  it('belong to their image and need a label of the project', () => {
    const id = add(idOf('a.jpg'));
    expect(() => edit(idOf('b.jpg'), [{ remove: id }])).toThrow(/"b.jpg" has no region/);
    expect(() => add(idOf('a.jpg'), BOX, 'bird')).toThrow(/no label "bird"/);
    expect(() => add(999)).toThrow(/no image 999/);
  });
});

describe('the history', () => {
  it('takes back and brings back every kind of change, in order', () => {
    const imageId = idOf('a.jpg');
    const states = [shapesOf(imageId)];
    const id = add(imageId);
    states.push(shapesOf(imageId));
    edit(imageId, [{ put: { id, geometry: WIDE } }, { put: { label: 'cue', geometry: BOX } }]);
    states.push(shapesOf(imageId));
    edit(imageId, [{ put: { id, geometry: BOX } }, { remove: id }]);
    states.push(shapesOf(imageId));
    for (const state of states.slice(0, -1).toReversed()) {
      expect(store.undoAnnotations(imageId)).toBe(true);
      expect(shapesOf(imageId)).toEqual(state);
    }
    expect(store.undoAnnotations(imageId)).toBe(false);
    for (const state of states.slice(1)) {
      expect(store.redoAnnotations(imageId)).toBe(true);
      expect(shapesOf(imageId)).toEqual(state);
    }
    expect(store.redoAnnotations(imageId)).toBe(false);
  });

  it('is hundreds of steps deep and outlasts the program', () => {
    const imageId = idOf('a.jpg');
    for (let i = 0; i < 400; i++) add(imageId, { ...BOX, x: i / 100 });
    store.close();
    store = openProject(file);
    for (let i = 0; i < 399; i++) store.undoAnnotations(imageId);
    expect(shapesOf(imageId)).toEqual([{ ...BOX, x: 0 }]);
    expect(store.annotationHistory(imageId)).toEqual({ undo: 'add', redo: 'add' });
    store.redoAnnotations(imageId);
    expect(shapesOf(imageId)).toHaveLength(2);
  });

  it('forgets what was undone when something else is done, and never gives an id twice', () => {
    const imageId = idOf('a.jpg');
    const first = add(imageId);
    store.undoAnnotations(imageId);
    const second = add(imageId, WIDE);
    expect(second).toBeGreaterThan(first);
    expect(store.annotationHistory(imageId)).toEqual({ undo: 'add', redo: null });
    store.undoAnnotations(imageId);
    expect(shapesOf(imageId)).toEqual([]);
  });

  it('is one of each image', () => {
    const [a, b] = [idOf('a.jpg'), idOf('b.jpg')];
    add(a);
    add(b);
    store.undoAnnotations(a);
    expect([shapesOf(a).length, shapesOf(b).length]).toEqual([0, 1]);
  });

  it('brings a removed label back with the region that had it', () => {
    const imageId = idOf('a.jpg');
    store.putLabel({ name: 'petal', colour: '#112233', role: 'object' });
    const id = add(imageId, BOX, 'petal');
    edit(imageId, [{ remove: id }]);
    store.removeLabel('petal');
    expect(store.labels().map(({ name }) => name)).toEqual(['object', 'cue', 'ignore']);
    store.undoAnnotations(imageId);
    expect(store.annotations(imageId).regions).toMatchObject([{ id, label: 'petal' }]);
    expect(store.labels()).toContainEqual({
      ...{ name: 'petal', colour: '#112233', role: 'object', builtIn: false, regions: 1 },
    });
  });
});

describe('the state of an image', () => {
  it('changes for many images at once, and can be taken back on each', () => {
    const [a, b] = [idOf('a.jpg'), idOf('b.jpg')];
    const state = { checked: true, addTags: ['blurred', 'again'], note: 'both' };
    store.editAnnotations([a, b].map((imageId) => ({ imageId, title: 'check', state })));
    expect(store.annotations(b).state).toEqual({ checked: true, tags: ['again', 'blurred'], note: 'both' });
    store.editAnnotations([{ imageId: a, title: 'tag', state: { removeTags: ['again'] } }]);
    expect(store.annotations(a).state.tags).toEqual(['blurred']);
    expect(store.tags()).toEqual([
      { name: 'again', images: 1 },
      { name: 'blurred', images: 2 },
    ]);
    store.undoAnnotations(a);
    store.undoAnnotations(a);
    expect(store.annotations(a).state).toEqual({ checked: false, tags: [], note: '' });
    expect(store.annotations(b).state.checked).toBe(true);
  });

  it('leaves no step where nothing changes', () => {
    const imageId = idOf('a.jpg');
    store.editAnnotations([{ imageId, title: 'uncheck', state: { checked: false, removeTags: ['x'] } }]);
    expect(store.annotationHistory(imageId)).toEqual({ undo: null, redo: null });
  });

  it('is found by filters and shown in lists', () => {
    const [a, b] = [idOf('a.jpg'), idOf('b.jpg')];
    add(a);
    add(a, WIDE);
    store.editAnnotations([{ imageId: b, title: 'x', state: { checked: true, addTags: ['odd'] } }]);
    expect(listed({ annotated: true })).toEqual(['a.jpg']);
    expect(listed({ annotated: false })).toEqual(['b.jpg', 'c.jpg']);
    expect(listed({ checked: true })).toEqual(['b.jpg']);
    expect(listed({ checked: false, annotated: true })).toEqual(['a.jpg']);
    expect(listed({ tag: 'odd' })).toEqual(['b.jpg']);
    expect(store.listImages(QUERY).images).toMatchObject([
      { regions: 2, checked: false, tags: [] },
      { regions: 0, checked: true, tags: ['odd'] },
      { regions: 0, checked: false, tags: [] },
    ]);
    store.undoAnnotations(a);
    store.undoAnnotations(a);
    expect(listed({ annotated: true })).toEqual([]);
  });
});

describe('labels', () => {
  it('are there from the start, and can be added, recoloured, renamed and removed', () => {
    expect(store.labels().map(({ name, role, builtIn }) => [name, role, builtIn])).toEqual([
      ['object', 'object', true],
      ['cue', 'cue', true],
      ['ignore', 'ignore', true],
    ]);
    store.putLabel({ name: 'stem', colour: '#00ff00', role: 'other' });
    add(idOf('a.jpg'), BOX, 'stem');
    store.putLabel({ name: 'stalk', colour: '#00ee00', role: 'object' }, 'stem');
    expect(store.annotations(idOf('a.jpg')).regions[0]!.label).toBe('stalk');
    expect(() => store.removeLabel('stalk')).toThrow(/1 regions have the label/);
    edit(idOf('a.jpg'), [{ put: { id: store.annotations(idOf('a.jpg')).regions[0]!.id, label: 'cue' } }]);
    store.removeLabel('stalk');
    expect(store.labels()).toHaveLength(3);
  });

  it('that are built in keep their name and role', () => {
    store.putLabel({ name: 'cue', colour: '#010203', role: 'cue' });
    expect(store.labels()[1]).toMatchObject({ name: 'cue', colour: '#010203' });
    expect(() => store.putLabel({ name: 'cue', colour: '#010203', role: 'object' })).toThrow(/built in/);
    expect(() => store.putLabel({ name: 'hint', colour: '#010203', role: 'cue' }, 'cue')).toThrow(/built in/);
    expect(() => store.removeLabel('object')).toThrow(/built in/);
  });

  it('have different names', () => {
    store.putLabel({ name: 'x', colour: '#000000', role: 'other' });
    expect(() => store.putLabel({ name: 'cue', colour: '#000000', role: 'other' }, 'x')).toThrow(/already/);
    expect(() => store.putLabel({ name: 'z', colour: '#000000', role: 'other' }, 'y')).toThrow(
      /no label "y"/,
    );
    store.removeLabel('x');
    store.putLabel({ name: 'x', colour: '#ffffff', role: 'cue' });
    expect(store.labels().at(-1)).toMatchObject({ name: 'x', colour: '#ffffff' });
  });
});

describe('annotations of a file that goes away', () => {
  const draw = (): void => {
    const imageId = idOf('b.jpg');
    add(imageId);
    store.editAnnotations([{ imageId, title: 'check', state: { checked: true } }]);
  };

  it('are there again when it comes back, with their history', () => {
    draw();
    store.keepOnly(new Set(['a.jpg', 'c.jpg']));
    expect([listed({ annotated: true }), store.labels()[0]!.regions]).toEqual([[], 1]);
    store.putImages([scanned('b.jpg', { hash: 'another' })]);
    store.keepOnly(new Set(['a.jpg', 'b.jpg', 'c.jpg']));
    expect(listed({ annotated: true, checked: true })).toEqual(['b.jpg']);
    expect(shapesOf(idOf('b.jpg'))).toEqual([BOX]);
    expect(store.annotationHistory(idOf('b.jpg'))).toEqual({ undo: 'check', redo: null });
  });

  it('follow its content to another place', () => {
    draw();
    store.putImages([scanned('sub/b2.jpg', { hash: 'hash of b.jpg' })]);
    store.keepOnly(new Set(['a.jpg', 'c.jpg', 'sub/b2.jpg']));
    expect(listed({ annotated: true })).toEqual(['sub/b2.jpg']);
    expect(shapesOf(idOf('sub/b2.jpg'))).toEqual([BOX]);
  });
});

describe('the object mask of an image', () => {
  const ring: Geometry = {
    kind: 'polygon',
    rings: [
      [
        [0, 0],
        [8, 0],
        [8, 6],
        [0, 6],
      ],
    ],
  };

  it('is what is drawn as the object, less what is to be ignored', () => {
    const imageId = idOf('a.jpg');
    expect(objectMask(store, store.image(imageId)!)).toBeNull();
    store.putLabel({ name: 'petal', colour: '#112233', role: 'object' });
    add(imageId, ring, 'petal');
    add(imageId, BOX, 'ignore');
    const { data } = objectMask(store, store.image(imageId)!)!;
    expect(data.reduce((sum, bit) => sum + bit, 0)).toBe(8 * 6 - 3 * 2);
    expect(objectMask(store, store.image(imageId)!, 'ignore')!.data.reduce((sum, bit) => sum + bit, 0)).toBe(
      6,
    );
  });

  it('is stretched to a square, each pixel what lies under its centre', () => {
    // Centres of a third of the width: 4/6, 2 and 20/6 of four columns; of two rows 1/3, 1 and 5/3.
    const mask = { width: 4, height: 2, data: Uint8Array.of(1, 0, 0, 0, 0, 1, 1, 1) };
    expect([...squareMask(mask, 3)]).toEqual([1, 0, 0, 0, 1, 1, 0, 1, 1]);
  });

  it('is the same as the picture of it, when an image is made smaller', async () => {
    const [side, size] = [48, 32];
    const data = Uint8Array.from({ length: side * side }, (_, i) => Number((i * 2654435761) % 97 > 48));
    const file = join(temporaryFolder(), 'mask.png');
    const raw = { width: side, height: side, channels: 1 } as const;
    const picture = data.map((bit) => bit * 255);
    await sharp(picture, { raw }).toColourspace('b-w').png().toFile(file);
    expect(squareMask({ width: side, height: side, data }, size)).toEqual(await decodeObject(file, size));
  });
});
