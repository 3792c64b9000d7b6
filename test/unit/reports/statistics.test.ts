import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/main/noise/random';
import { median } from '../../../src/main/noise/statistics';
import { boxAround, boxSums, dilated, overlap } from '../../../src/main/reports/boxes';
import { fingerprintOf, nearDuplicates } from '../../../src/main/reports/duplicates';
import { hotPlaces } from '../../../src/main/reports/fixedPlace';
import { relativeForegroundSensitivity } from '../../../src/main/reports/interventions/noise';
import { imageProperties } from '../../../src/main/reports/properties';
import { holm, separation, signFlipTest, welchZ } from '../../../src/main/reports/statistics';
import { silhouettesOf, strategiesOf } from '../../../src/main/reports/strategies';
import { noisePicture, SIZE } from './pictures';

describe('tests and their corrections', () => {
  test('Holm: each p times the number that are left, never falling', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [i, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(value, 12);
  });

  test('sign flips: 5 equal differences leave 1 of 32 patterns as large', () => {
    expect(signFlipTest([1, 1, 1, 1, 1], 1)).toBeCloseTo(1 / 32, 1);
    expect(signFlipTest([0, 0, 0], 1)).toBe(1);
    expect(signFlipTest([], 1)).toBe(1);
  });

  test('separation is the area under the ROC curve, ties half', () => {
    expect(separation([3, 4], [1, 2])).toBe(1);
    expect(separation([1, 2], [1, 2])).toBe(0.5);
    expect(separation([2, 2], [1, 2])).toBe(0.75);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test("Welch's z", () => {
    const first = { count: 4, mean: 3, variance: 4 };
    expect(welchZ(first, { count: 9, mean: 1, variance: 27 })).toBe(1);
    expect(welchZ({ ...first, variance: 0 }, { count: 9, mean: 1, variance: 0 })).toBe(0);
  });

  test('RFS of the paper: 1 where only the object matters, -1 where only the background does', () => {
    expect(relativeForegroundSensitivity(0.9, 0.1)).toBeCloseTo(0.8);
    expect(relativeForegroundSensitivity(1, 0)).toBe(1);
    expect(relativeForegroundSensitivity(0, 1)).toBe(-1);
    expect(relativeForegroundSensitivity(1, 1)).toBe(0);
  });
});

describe('boxes', () => {
  test('sums, overlap, box around, dilation', () => {
    const ones = new Uint8Array(16).fill(1);
    expect(boxSums(ones, 4)({ x: 1, y: 1, width: 2, height: 3 })).toBe(6);
    const a = { x: 0, y: 0, width: 2, height: 2 };
    expect(overlap(a, { ...a, x: 1 })).toBeCloseTo(1 / 3);
    const dot = new Uint8Array(16);
    dot[5] = 1;
    expect(boxAround(dot, 4)).toEqual({ x: 1, y: 1, width: 1, height: 1 });
    expect(boxAround(dilated(dot, 4, 1), 4)).toEqual({ x: 0, y: 0, width: 3, height: 3 });
    expect(boxAround(new Uint8Array(16), 4)).toBeNull();
  });
});

describe('class-position test', () => {
  const maps = (hot: boolean) =>
    Array.from({ length: 60 }, (_, i) => {
      const random = new Random(i + 1, 0, 'maps');
      const map = Float32Array.from({ length: SIZE * SIZE }, () => random.uniform());
      if (hot && i % 3 === 0) for (let y = 4; y < 10; y++) map.fill(1, y * SIZE + 20, y * SIZE + 26);
      return map;
    });
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);

  test('finds the place and its class', () => {
    const [place, ...others] = hotPlaces(maps(true), labels, 3, SIZE, 1);
    expect(place!.p).toBeLessThan(0.01);
    expect(overlap(place!.box, { x: 20, y: 4, width: 6, height: 6 })).toBeGreaterThan(0.4);
    for (const { p } of others) expect(p).toBeGreaterThan(0.05);
  });

  test('finds none where there is none', () => {
    for (const { p } of hotPlaces(maps(false), labels, 3, SIZE, 1)) expect(p).toBeGreaterThan(0.05);
  });
});

describe('strategies', () => {
  test('two kinds of maps are two groups, one kind is one', () => {
    const kinds = (count: number) =>
      Array.from({ length: 30 }, (_, i) => {
        const random = new Random(i + 1, 0, 'strategies');
        const map = Float32Array.from({ length: SIZE * SIZE }, () => 0.2 * random.uniform());
        const left = i % count === 0;
        for (let y = 8; y < 24; y++) map.fill(1, y * SIZE + (left ? 2 : 18), y * SIZE + (left ? 14 : 30));
        return map;
      });
    const two = strategiesOf(kinds(2), SIZE, 1)!;
    expect(two.count).toBe(2);
    expect(new Set(two.groupOf.filter((_, i) => i % 2 === 0)).size).toBe(1);
    expect(two.groupOf[0]).not.toBe(two.groupOf[1]);
    expect(strategiesOf(kinds(1), SIZE, 1)!.count).toBe(1);
    expect(strategiesOf(kinds(2).slice(0, 5), SIZE, 1)).toBeNull();
  });

  test('silhouettes of two pairs, by hand: a = 1, b = mean(9, 10)', () => {
    const at = [0, 1, 10, 11];
    const distances = at.map((x) => at.map((y) => Math.abs(x - y)));
    expect(silhouettesOf(distances, [0, 0, 1, 1])[0]).toBeCloseTo((10.5 - 1) / 10.5);
  });
});

test('near-duplicates are found across classes and splits only', () => {
  const same = noisePicture(1);
  const brighter = same.map((value) => value + 3);
  const print = (id: number, className: string, split: string, pixels: Uint8Array) =>
    fingerprintOf({ id, className, split }, pixels, SIZE);
  const pairs = nearDuplicates([
    print(1, 'a', 'train', same),
    print(2, 'a', 'train', same),
    print(3, 'b', 'train', brighter),
    print(4, 'a', 'test', brighter),
    print(5, 'b', 'test', noisePicture(2)),
  ]);
  expect(pairs.map(({ images, across }) => `${images} ${across}`).toSorted()).toEqual([
    '1,3 classes',
    '1,4 splits',
    '2,3 classes',
    '2,4 splits',
    '3,4 both',
  ]);
});

describe('simple properties', () => {
  const images = (darker: boolean) =>
    Array.from({ length: 60 }, (_, i) => {
      const label = i % 3 === 0 ? 0 : 1;
      const pixels = noisePicture(i + 1);
      return {
        ...{ id: i + 1, label },
        pixels: darker && label === 0 ? pixels.map((value) => value / 3) : pixels,
        ...{ width: 100, height: 80 },
      };
    });

  test('brightness that tells the class is found, against the share of the largest class', () => {
    const found = imageProperties(images(true), 2, SIZE, 1).find(({ name }) => name === 'brightness')!;
    expect(found.accuracy.mean).toBeGreaterThan(0.9);
    // Forty of sixty images, not the index of that class.
    expect(found.majority).toBeCloseTo(40 / 60);
    expect(found.p).toBeLessThan(0.001);
    expect(found.means[0]).toBeLessThan(found.means[1]!);
    // Every class' images, the brightest first: of the dark class every third.
    expect(found.extremes.map((ids) => ids.length)).toEqual([20, 40]);
    expect(found.extremes[0]!.every((id) => id % 3 === 1)).toBe(true);
  });

  test('nothing is found where nothing is', () => {
    for (const { p } of imageProperties(images(false), 2, SIZE, 1)) expect(p).toBeGreaterThan(0.05);
  });
});
