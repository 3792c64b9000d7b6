import { expect, test } from 'vitest';
import type { Geometry, Region } from '../../../../src/contract/annotations';
import { pixelsOf } from '../../../../src/renderer/annotate/geometry/shapes';
import { regionShares } from '../../../../src/renderer/annotate/regionShares';
import { Sums } from '../../../../src/renderer/annotate/sums';
import type { Field } from '../../../../src/renderer/drawing/field';

/** A map whose values are its numbers. */
const field = (width: number, values: number[]): Field => ({
  grid: { width, height: values.length / width, values: Float32Array.from(values) },
  ...{ value: (g) => g, domain: [0, 1], most: 1, top: 1, diverging: false },
  ...{ unit: 'bits', means: 'kept information', mask: 'positive' },
});
const box = (x: number, y: number, width: number, height: number): Geometry => ({
  ...{ kind: 'box', x, y, width, height },
});
const region = (id: number, geometry: Geometry): Region => ({
  ...{ id, imageId: 1, label: 'object', geometry, name: null, locked: false, hidden: false },
  ...{ createdAt: '', updatedAt: '' },
});
const SIZE = { width: 8, height: 4 };

test('a flat map lies everywhere alike: every share is that of the area', () => {
  const [one] = regionShares([region(1, box(1, 1, 3, 2))], field(2, [1, 1, 1, 1]), SIZE);
  expect(one!.share).toBeCloseTo(6 / 32, 9);
  expect(one!.area).toBeCloseTo(6 / 32, 9);
});

test('what is in one pixel is in the region that has the pixel, the most first', () => {
  const values = Array.from({ length: 32 }, (_, i) => Number(i === 2 * 8 + 5));
  const shares = regionShares(
    [region(1, box(0, 0, 4, 4)), region(2, box(5, 2, 1, 1))],
    field(8, values),
    SIZE,
  );
  expect(shares.map(({ region: { id }, share }) => [id, share])).toEqual([
    [2, 1],
    [1, 0],
  ]);
});

test('what lies beyond the image counts for nothing', () => {
  const [one] = regionShares([region(1, box(-10, -10, 14, 40))], field(1, [1]), SIZE);
  expect(one!.share).toBeCloseTo(0.5, 9);
  expect(one!.area).toBeCloseTo(0.5, 9);
});

test('of an image that is larger than the cells, the halves make the whole, also where a cell is cut', () => {
  const size = { width: 1001, height: 703 };
  const sums = new Sums(field(3, [0.1, 0.7, 0.2, 0.9, 0.4, 0.3]), size);
  const [left, right] = [box(0, 0, 333, 703), box(333, 0, 668, 703)].map((one) =>
    sums.share(pixelsOf(one, size)),
  );
  expect(left! + right!).toBeCloseTo(1, 9);
  expect(sums.share(pixelsOf(box(0, 0, 1001, 703), size))).toBeCloseTo(1, 12);
});

test('a map that holds nothing is shared by nobody', () => {
  expect(regionShares([region(1, box(0, 0, 8, 4))], field(1, [0]), SIZE)[0]!.share).toBe(0);
  expect(regionShares([], field(1, [1]), SIZE)).toEqual([]);
});

test('the pixels of a small shape are the same wherever it lies', () => {
  const triangle = (x: number, y: number): Geometry => ({
    kind: 'polygon',
    rings: [
      [
        [x, y],
        [x + 5, y],
        [x, y + 5],
      ],
    ],
  });
  const size = { width: 4000, height: 3000 };
  const at = pixelsOf(triangle(3900.25, 2900.75), size);
  const [shifted, near] = [at.rows, pixelsOf(triangle(100.25, 200.75), size).rows];
  expect(shifted.map((row) => row.map((x) => x - 3800))).toEqual(near);
  expect(at.top).toBe(2901);
  expect(pixelsOf(triangle(-100, 0), size).rows).toEqual([]);
});
