import { expect, test } from 'vitest';
import { mapSpread } from '../../../src/contract/spread';
import { disagreementOf, measureMissing } from '../../../src/main/training/measures';
import { maskRun, SCALE } from '../store/support';
import { newProject } from './fakes';

const grid = (width: number, values: number[]) => ({
  width,
  height: values.length / width,
  values: Float32Array.from(values),
});

test('maps that point at the same pixels agree: little noise here, and noise hurts here', () => {
  // The positive map's log-odds fall where importance rises; any monotone change leaves ranks as they are.
  expect(disagreementOf(grid(2, [3, 1, -1, -4]), grid(2, [-9, 0, 2, 2.5]))).toBeCloseTo(0, 6);
  expect(disagreementOf(grid(2, [3, 1, -1, -4]), grid(2, [5, 4, 3, 2]))).toBeCloseTo(2, 6);
});

test('by hand: one pair of neighbours in rank has changed places', () => {
  // Spearman's 1 - 6 sum d^2 / (n (n^2 - 1)) = 1 - 6 * 2 / (4 * 15) = 0.8.
  expect(disagreementOf(grid(4, [4, 3, 2, 1]), grid(4, [1, 3, 2, 4]))).toBeCloseTo(0.2, 6);
});

test('a flat map says nothing', () => {
  expect(disagreementOf(grid(2, [1, 1, 1, 1]), grid(2, [1, 2, 3, 4]))).toBe(1);
});

test('maps of different sizes are compared at the finer one', () => {
  const fine = Array.from({ length: 16 }, (_, i) => -(i % 4));
  expect(disagreementOf(grid(4, fine), grid(2, [0, 1, 0, 1]))).toBeLessThan(0.05);
});

test('a project from before is measured when it is opened', async () => {
  const store = newProject();
  const [image] = store.images();
  for (const [mask, logOdds] of [
    ['positive', [2, 1]],
    ['negative', [1, 2]],
  ] as const)
    store.putMaps(
      [
        {
          ...{ runId: maskRun(store, mask), imageId: image!.id, width: 2, height: 1 },
          ...{ logOdds: Float32Array.from(logOdds), meanBits: 1, totalBits: 1 },
        },
      ],
      SCALE,
    );
  expect(await measureMissing(store)).toBe(true);
  expect(await measureMissing(store)).toBe(false);
  const { images } = store.listImages({ sort: 'disagreement', descending: false, offset: 0, limit: 1 });
  expect(images[0]!.disagreement).toBeCloseTo(0, 6);
  for (const { mask, scale, spread, ...map } of store.mapsOfImage(image!.id)) {
    const measured = mapSpread({ width: 2, height: 1, values: map.logOdds }, mask, scale);
    expect([spread, images[0]![`${mask}Spread`]]).toEqual([measured, measured]);
  }
  store.close();
});
