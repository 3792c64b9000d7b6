/** @file What the library narrows and sorts by, beside names, classes and bits. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImageQuery } from '../../../src/contract/types';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { maskRun, SCALE, scanned, temporaryFolder } from './support';

const QUERY: ImageQuery = { sort: 'name', descending: false, offset: 0, limit: 100 };
const PATHS = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'];

let store: ProjectStore;
let ids: number[];
beforeEach(() => {
  store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder: '/photos' });
  store.putImages(
    PATHS.map((path) => scanned(path, { hash: path === 'd.jpg' ? 'hash of a.jpg' : `hash of ${path}` })),
  );
  store.keepOnly(new Set(PATHS));
  ids = store.images().map(({ id }) => id);
});
afterEach(() => store.close());

const listed = (query: Partial<ImageQuery>): string[] =>
  store.listImages({ ...QUERY, ...query }).images.map(({ path }) => path);

it('files of equal content warn of one another, as long as there are two', () => {
  const [first, second] = store.listImages({ ...QUERY, warning: true }).images;
  expect([first!.path, first!.warnings]).toEqual(['a.jpg', ['The same file is also at d.jpg.']]);
  expect([second!.path, second!.warnings]).toEqual(['d.jpg', ['The same file is also at a.jpg.']]);
  expect(listed({ warning: false })).toEqual(['b.jpg', 'c.jpg']);
  store.keepOnly(new Set(['a.jpg', 'b.jpg']));
  expect(listed({ warning: true })).toEqual([]);
});

it('an image without a map warns until it has one', () => {
  store.putMapWarnings([
    { imageId: ids[1]!, message: 'It has no map: gone.' },
    { imageId: 999, message: 'left the folder' },
  ]);
  expect(store.facets().warnings).toBe(3);
  const run = maskRun(store, 'positive');
  const map = { width: 1, height: 1, logOdds: new Float32Array(1), meanBits: 1, totalBits: 1 };
  store.putMaps([{ ...map, runId: run, imageId: ids[1]! }], SCALE);
  expect(store.facets().warnings).toBe(2);
});

it('images sort by disagreement and suspicion, those without one last', () => {
  store.putDisagreements([
    { imageId: ids[0]!, disagreement: 0.2 },
    { imageId: ids[2]!, disagreement: 1.4 },
  ]);
  expect(listed({ sort: 'disagreement', descending: true })).toEqual(['c.jpg', 'a.jpg', 'd.jpg', 'b.jpg']);
  store.putSuspicions([{ imageId: ids[3]!, suspicion: 0.9 }]);
  store.putSuspicions([{ imageId: ids[1]!, suspicion: 0.5 }]);
  expect(listed({ sort: 'suspicion', descending: true })[0]).toBe('b.jpg');
  expect(store.facets().sortable).toEqual({
    ...{ name: 0, positiveBits: 0, negativeBits: 0, positiveSpread: 0, negativeSpread: 0 },
    ...{ disagreement: 2, suspicion: 1 },
  });
});

it('a map that is made anew takes the disagreement away until it is measured again', () => {
  const map = {
    width: 1,
    height: 1,
    logOdds: new Float32Array(1),
    meanBits: 1,
    totalBits: 1,
    imageId: ids[0]!,
  };
  for (const mask of ['positive', 'negative'] as const)
    store.putMaps([{ ...map, runId: maskRun(store, mask) }], SCALE);
  const measure = () =>
    store.putSpreads(
      store.mapsOfImage(ids[0]!).map(({ runId }) => ({ runId, imageId: ids[0]!, spread: 0.5 })),
    );
  measure();
  expect(store.unmeasuredImages(10)).toEqual([ids[0]]);
  store.putDisagreements([{ imageId: ids[0]!, disagreement: 1 }]);
  expect(store.unmeasuredImages(10)).toEqual([]);
  store.putMaps([{ ...map, runId: maskRun(store, 'negative') }], SCALE);
  measure();
  expect(store.unmeasuredImages(10)).toEqual([ids[0]]);
});

const MAP = { width: 1, height: 1, logOdds: new Float32Array(1), meanBits: 1, totalBits: 1 };

it('images sort by the spread of their newest map, and one that is made anew is measured again', () => {
  const [first, second] = [maskRun(store, 'positive'), maskRun(store, 'positive')];
  const map = (runId: number, at: number) => ({ ...MAP, runId, imageId: ids[at]! });
  store.putMaps([map(first, 0), map(first, 1), map(second, 1)], SCALE);
  expect(store.unmeasuredImages(10)).toEqual([ids[0], ids[1]]);
  store.putSpreads([
    { runId: first, imageId: ids[0]!, spread: 0.4 },
    { runId: first, imageId: ids[1]!, spread: 0.9 },
    { runId: second, imageId: ids[1]!, spread: 0.2 },
  ]);
  expect(listed({ sort: 'positiveSpread' }).slice(0, 2)).toEqual(['b.jpg', 'a.jpg']);
  expect(store.facets().sortable).toMatchObject({ positiveSpread: 2, negativeSpread: 0 });
  expect(store.unmeasuredImages(10)).toEqual([]);
  store.putMaps([map(second, 1)], SCALE);
  expect(store.unmeasuredImages(10)).toEqual([ids[1]]);
  expect(store.listImages(QUERY).images[1]!.positiveSpread).toBeNull();
});

it('an image stands among those of its run by spread, the widest first, ties alike', () => {
  const run = maskRun(store, 'positive');
  store.putMaps(
    ids.map((imageId) => ({ ...MAP, runId: run, imageId })),
    SCALE,
  );
  expect(store.standing(run, ids[0]!)).toBeNull();
  store.putSpreads([0.2, 0.8, 0.5, 0.5].map((spread, i) => ({ runId: run, imageId: ids[i]!, spread })));
  const places = ids.map((imageId) => store.standing(run, imageId)!);
  expect(places.map(({ rank }) => rank)).toEqual([4, 1, 2, 2]);
  expect(places[0]!.of).toBe(4);
  expect(places[0]!.meanSpread).toBeCloseTo(0.5, 12);
  expect(store.standing(run + 1, ids[0]!)).toBeNull();
});

it('ids come in the order of the view, a page at a time', () => {
  expect(store.imageIds({ ...QUERY, descending: true, limit: 3, offset: 1 })).toEqual([
    ids[2],
    ids[1],
    ids[0],
  ]);
  expect(store.imageIds({ ...QUERY, ids: [ids[2]!, ids[0]!, 999] })).toEqual([ids[0], ids[2]]);
});
