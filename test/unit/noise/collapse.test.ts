import { describe, expect, test } from 'vitest';
import type { Grid } from '../../../src/contract/noiseMap';
import { collapseWarnings, ignoredInputWarning } from '../../../src/main/noise/collapse';
import { Random } from '../../../src/main/noise/random';

const grid = (of: (x: number, y: number) => number): Grid => ({
  width: 16,
  height: 16,
  values: Float32Array.from({ length: 256 }, (_, i) => of(i % 16, Math.floor(i / 16))),
});
/** A smooth blob, as a healthy map has. */
const blobAt = (x0: number, y0: number): Grid =>
  grid((x, y) => 6 * Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 12) - 2);
const healthy = [blobAt(4, 4), blobAt(12, 5), blobAt(8, 12), blobAt(3, 11)];

describe.each(['positive', 'negative'] as const)('%s mask', (mask) => {
  test('healthy maps give no warning', () => {
    expect(collapseWarnings(mask, healthy)).toEqual([]);
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
});

test('one image alone is not compared with others', () => {
  expect(collapseWarnings('positive', [blobAt(8, 8)])).toEqual([]);
});

test('an encoder that full noise does not move', () => {
  expect(ignoredInputWarning(1e-6)).toEqual([expect.stringContaining('ignores')]);
  expect(ignoredInputWarning(0.3)).toEqual([]);
});
