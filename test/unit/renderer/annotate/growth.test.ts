import { describe, expect, test } from 'vitest';
import { maxSaliency, resample, saliencyTable } from '../../../../src/contract/noiseMap';
import { areaOf, contains } from '../../../../src/renderer/annotate/geometry/spans';
import { fractionOf, growInMap, growInPicture, piecesAbove } from '../../../../src/renderer/annotate/growth';
import { fractionAt } from '../../../../src/renderer/drawing/fraction';
import type { NoiseMap } from '../../../../src/renderer/state/maps';

const scale = { sigmaMin: 0.05, sigmaMax: 2, pixelScale: 60 };
const SIZE = { width: 64, height: 48 };
const BUDGET = 0.5;

/** Two hills of which the left is the higher, on a slope. */
function mapOf(mask: 'positive' | 'negative'): NoiseMap {
  const [width, height] = [16, 12];
  const hill = (x: number, y: number, cx: number, cy: number) =>
    Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 4);
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return (mask === 'positive' ? -1 : 1) * (8 * hill(x, y, 4, 4) + 6 * hill(x, y, 12, 8) + 0.01 * x - 3);
  });
  return { runId: 1, mask, scale, logOdds: { width, height, values } };
}

for (const mask of ['positive', 'negative'] as const)
  describe(`in a ${mask} map`, () => {
    const map = mapOf(mask);
    const saliency = { of: saliencyTable(mask, scale), max: maxSaliency(mask, scale) };
    /** Bits at every pixel, computed one by one. */
    const bits = [...resample(fractionAt(map.logOdds, BUDGET), SIZE.width, SIZE.height).values].map(
      saliency.of,
    );
    const threshold = 0.6 * saliency.max;

    test('the q of a saliency is where it has that value', () => {
      for (const share of [0.1, 0.5, 0.9])
        expect(saliency.of(fractionOf(saliency, share * saliency.max))).toBeCloseTo(share * saliency.max, 3);
    });

    test('pieces above a threshold are the pixels that are, apart from each other, the largest first', () => {
      const pieces = piecesAbove(map, BUDGET, saliency, threshold, SIZE);
      expect(pieces).toHaveLength(2);
      expect(areaOf(pieces[0]!)).toBeGreaterThan(areaOf(pieces[1]!));
      const wrong = bits.filter((value, i) => {
        const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
        const inside = pieces.some((piece) => contains(piece, x, y));
        return inside !== value >= threshold && Math.abs(value - threshold) > 0.01;
      });
      expect(wrong).toEqual([]);
      expect(piecesAbove(map, BUDGET, saliency, 1.01 * saliency.max, SIZE)).toEqual([]);
    });

    test('a region grows over values near its own, and not over the valley to the other hill', () => {
      const peak = { x: 18.2, y: 18.7 };
      const own = bits[18 * SIZE.width + 18]!;
      for (const tolerance of [2, 20]) {
        const grown = growInMap(map, BUDGET, saliency, peak, tolerance, SIZE);
        expect(contains(grown, peak.x, peak.y)).toBe(true);
        expect(contains(grown, 50, 34)).toBe(false);
        const reach = (tolerance / 100) * saliency.max + 0.01;
        const far = bits.filter(
          (value, i) =>
            contains(grown, i % SIZE.width, Math.floor(i / SIZE.width)) && Math.abs(value - own) > reach,
        );
        expect(far).toEqual([]);
      }
      expect(areaOf(growInMap(map, BUDGET, saliency, peak, 100, SIZE))).toBe(SIZE.width * SIZE.height);
    });
  });

test('in a picture that is shown at half its size every pixel counts for four', () => {
  const [width, height] = [8, 6];
  const data = new Uint8ClampedArray(4 * width * height).fill(200);
  for (const i of [9, 10, 17, 18]) data.set([40, 40, 40, 255], 4 * i);
  const picture = { width, height, data } as unknown as ImageData;
  const size = { width: 16, height: 12 };
  expect(areaOf(growInPicture(picture, { x: 3.5, y: 3 }, 10, size))).toBe(16);
  expect(areaOf(growInPicture(picture, { x: 0, y: 0 }, 10, size))).toBe(16 * 12 - 16);
  expect(areaOf(growInPicture(picture, { x: 16, y: 3 }, 10, size))).toBe(0);
});
