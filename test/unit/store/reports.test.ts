import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReportContent } from '../../../src/contract/reports';
import { imageQuery } from '../../../src/contract/types';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { maskRun, scanned, temporaryFolder } from './support';

let store: ProjectStore;
let file: string;
beforeEach(() => {
  file = join(temporaryFolder(), 'p.penumbra');
  store = openProject(file, { folder: '/photos' });
  store.putImages(['a.png', 'b.png', 'c.png'].map((path) => scanned(path)));
});
afterEach(() => store.close());

const CONTENT = { version: 2, summary: ['Said.'] } as ReportContent;
const again = () => {
  store.close();
  store = openProject(file);
};
const added = (fingerprint = 'f1') => {
  const encoderId = store.addEncoder({
    ...{ name: 'e', kind: 'classifier', noiseReady: true, calibratedFrom: null, fingerprint: 'e' },
    card: {},
    spec: new Uint8Array(1),
  });
  return store.addReport({ fingerprint, encoderId, runId: maskRun(store, 'positive', { encoderId }) });
};

it('an unfinished report keeps its state; finished, it has a content and no state any more', () => {
  const id = added();
  store.putReportState(id, { answers: [1, 2] });
  again();
  expect(store.reportState(id)).toEqual({ answers: [1, 2] });
  expect(store.reports()).toEqual([expect.objectContaining({ id, fingerprint: 'f1', finishedAt: null })]);
  store.finishReport(id, CONTENT);
  again();
  expect(store.reportContent(id)).toEqual(CONTENT);
  expect(store.reportState(id)).toBeNull();
  expect(store.reports()[0]!.finishedAt).not.toBeNull();
});

it('reports are listed newest first, and go with their reviews', () => {
  const [first, second] = [added('f1'), added('f2')];
  store.addReview(second, { className: 'cat', claim: 'verdict', decision: 'accept', comment: '' });
  expect(store.reports().map(({ id }) => id)).toEqual([second, first]);
  store.dropReport(second);
  expect(store.reports().map(({ id }) => id)).toEqual([first]);
  expect(store.reviews(second)).toEqual([]);
  expect(store.reportContent(second)).toBeNull();
});

it('every review is kept, oldest first, also after the project was closed', () => {
  const id = added();
  const reviews = [
    { className: 'cat', claim: 'verdict', decision: 'accept' as const, comment: '' },
    { className: 'cat', claim: 'verdict', decision: 'reject' as const, comment: 'It is the collar.' },
    { className: 'dog', claim: 'region:0', decision: null, comment: 'Look again.' },
  ];
  for (const review of reviews) store.addReview(id, review);
  again();
  expect(store.reviews(id).map(({ createdAt: _, ...review }) => review)).toEqual(reviews);
});

it('a named group is a filter of the library; the same name fills it anew, and images that went are left out', () => {
  const [a, b, c] = store.images().map(({ id }) => id) as [number, number, number];
  const id = store.putGroup('collars', null, [a, c, 99]);
  const shown = () =>
    store.listImages(imageQuery.parse({ groupId: id })).images.map(({ id: imageId }) => imageId);
  expect(store.groups()).toEqual([{ id, name: 'collars', reportId: null, images: 2 }]);
  expect(shown()).toEqual([a, c]);
  expect(store.putGroup('collars', null, [b])).toBe(id);
  again();
  expect(shown()).toEqual([b]);
  store.dropGroup(id);
  expect(store.groups()).toEqual([]);
  expect(shown()).toEqual([]);
});
