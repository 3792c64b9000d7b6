import { describe, expect, test } from 'vitest';
import type { Grid } from '../../../src/contract/noiseMap';
import { collapseWarnings, ignoredInputWarning, sameMapsWarning } from '../../../src/main/noise/collapse';
import { Random } from '../../../src/main/noise/random';

const grid = (of: (x: number, y: number) => number): Grid => ({
  width: 16,
  height: 16,
  values: Float32Array.from({ length: 256 }, (_, i) => of(i % 16, Math.floor(i / 16))),
});
/** A smooth blob, as a healthy map has. */
const blobAt = (x0: number, y0: number, height = 6, ground = -2): Grid =>
  grid((x, y) => height * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 12) + ground);
const places: [number, number][] = [
  [4, 4],
  [12, 5],
  [8, 12],
  [3, 11],
];
const healthy = places.map(([x, y]) => blobAt(x, y));

describe.each(['positive', 'negative'] as const)('%s mask', (mask) => {
  test('healthy maps give no warning, with or without a budget', () => {
    expect(collapseWarnings(mask, healthy)).toEqual([]);
    expect(collapseWarnings(mask, healthy, false)).toEqual([]);
  });

  test('constant maps', () => {
    const random = new Random(1, 0, 'map');
    const flat = healthy.map(() => grid(() => 0.01 * random.normal()));
    expect(collapseWarnings(mask, flat)).toEqual([expect.stringContaining('nearly constant')]);
  });

  test('the same map for every image', () => {
    expect(collapseWarnings(mask, [blobAt(8, 8), blobAt(8, 8), blobAt(8, 8)])).toEqual([
      expect.stringContaining('nearly the same'),
    ]);
  });

  test('a checkerboard', () => {
    const board = healthy.map((map) => ({
      ...map,
      values: map.values.map((a, i) => a + ((i + Math.floor(i / 16)) % 2 === 0 ? 3 : -3)),
    }));
    expect(collapseWarnings(mask, board)).toContainEqual(expect.stringContaining('checkerboard'));
  });

  describe('without a budget', () => {
    test('no noise at all, and nothing but noise', () => {
      const shifted = (by: number) =>
        healthy.map((map) => ({ ...map, values: map.values.map((a) => a + by) }));
      expect(collapseWarnings(mask, shifted(-9), false)).toEqual([
        expect.stringContaining('almost no noise'),
      ]);
      expect(collapseWarnings(mask, shifted(9), false)).toEqual([
        expect.stringContaining('nothing but noise'),
      ]);
      // A budget moves them back to where they were.
      expect(collapseWarnings(mask, shifted(9))).toEqual([]);
    });

    test('all noise in few pixels', () => {
      // Five of 256 pixels at q = 1, the others at 0.01: five against two and a half.
      const dots = places.map(([x0, y0]) => grid((x, y) => (y === y0 && Math.abs(x - x0) <= 2 ? 9 : -4.6)));
      expect(collapseWarnings(mask, dots, false)).toContainEqual(expect.stringContaining('few pixels'));
    });
  });

  test('maps that a randomised encoder gives too', () => {
    const others = places.map(([x, y]) => blobAt(15 - x, 15 - y));
    expect(sameMapsWarning(mask, healthy, healthy)).toEqual([expect.stringContaining('prior')]);
    expect(sameMapsWarning(mask, healthy, others)).toEqual([]);
  });
});

test('one image alone is not compared with others', () => {
  expect(collapseWarnings('positive', [blobAt(8, 8)])).toEqual([]);
});

test('an encoder that no budget moves', () => {
  expect(ignoredInputWarning([1e-6, 1e-5, 2e-5])).toEqual([expect.stringContaining('ignores')]);
  expect(ignoredInputWarning([1e-6, 0.01, 0.3])).toEqual([]);
});
