import { describe, expect, test } from 'vitest';
import { auroc } from '../../../src/main/saliency/scores/auroc';
import { bootstrapMean } from '../../../src/main/saliency/scores/bootstrap';
import { gini } from '../../../src/main/saliency/scores/gini';
import { massAccuracy } from '../../../src/main/saliency/scores/mass';
import { objectScores } from '../../../src/main/saliency/scores/object';
import { iouAtArea, rankAccuracy } from '../../../src/main/saliency/scores/overlap';
import { pointing } from '../../../src/main/saliency/scores/pointing';
import { rankCorrelation } from '../../../src/main/saliency/scores/rankCorrelation';
import { ascending, tiedRanks } from '../../../src/main/saliency/scores/ranks';

describe('ranks', () => {
  test('equal values share the mean of their places', () => {
    expect([...tiedRanks([5, 1, 5, 3])]).toEqual([3.5, 1, 3.5, 2]);
    expect([...ascending([5, 1, 5, 3])]).toEqual([1, 3, 0, 2]);
  });
});

describe('AUROC', () => {
  test('counts the pairs that are in order', () => {
    // Object 0.9 and 0.4, outside 0.5, 0.3 and 0.1: five of six pairs.
    expect(auroc([0.9, 0.4, 0.5, 0.3, 0.1], [1, 1, 0, 0, 0])).toBeCloseTo(5 / 6, 12);
  });
  test('a tie is half a pair', () => {
    expect(auroc([1, 1, 1, 1], [1, 0, 0, 0])).toBe(0.5);
    expect(auroc([2, 2, 1], [1, 0, 0])).toBe(0.75);
  });
  test('is not a number without an object, or without anything else', () => {
    expect(auroc([1, 2], [0, 0])).toBeNaN();
    expect(auroc([1, 2], [1, 1])).toBeNaN();
  });
});

describe("the pixels of the object's area", () => {
  // The three highest are 0, 1 and 3; the object is 0, 1 and 2.
  const saliency = [9, 8, 1, 7, 2];
  const object = [1, 1, 1, 0, 0];
  test('two of three lie on it', () => {
    expect(rankAccuracy(saliency, object)).toBeCloseTo(2 / 3, 12);
  });
  test('two in common, four together', () => {
    expect(iouAtArea(saliency, object)).toBeCloseTo(2 / 4, 12);
  });
});

describe('pointing', () => {
  /** 32 x 32, where 15/224 of the side is 2.14 px. */
  const at = (x: number, y: number) => {
    const map = new Float32Array(32 * 32);
    map[y * 32 + x] = 1;
    return map;
  };
  test.each([
    ['on the object', 10, 10, 1],
    ['two pixels beside it', 12, 10, 1],
    ['one and one beside it', 11, 11, 1],
    ['two and one beside it: 2.24 px', 12, 11, 0],
    ['three pixels beside it', 10, 13, 0],
  ])('%s', (_, x, y, hit) => {
    expect(pointing(at(x, y), at(10, 10), 32)).toBe(hit);
  });
  test('the left edge is not beside the right one', () => {
    expect(pointing(at(0, 5), at(31, 4), 32)).toBe(0);
  });
  test('no tolerance at all', () => {
    expect(pointing(at(11, 10), at(10, 10), 32, 0)).toBe(0);
  });
});

describe('mass accuracy', () => {
  test('the share inside; what is negative is nothing', () => {
    expect(massAccuracy([3, 1, -5, 2], [1, 0, 1, 0])).toBe(0.5);
  });
});

describe('Gini index', () => {
  test('0 for equal values, (n - 1) / n for a single one', () => {
    expect(gini([2, 2, 2, 2])).toBeCloseTo(0, 12);
    expect(gini([0, 0, 8, 0])).toBeCloseTo(0.75, 12);
  });
  test('1, 2, 3: the mean difference of all pairs, 8/9, over twice the mean', () => {
    expect(gini([3, 1, 2])).toBeCloseTo(8 / 9 / 4, 12);
  });
});

describe('rank correlation', () => {
  test('1 - 6 sum d^2 / (n (n^2 - 1)) without ties', () => {
    // Ranks 1 2 3 4 and 2 1 4 3: sum d^2 = 4.
    expect(rankCorrelation([10, 20, 30, 40], [0.2, 0.1, 9, 8])).toBeCloseTo(1 - 24 / 60, 6);
  });
  test('of a turned map -1, of a constant one 0', () => {
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 6);
    expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toBe(0);
  });
  test('with ties: ranks 1.5 1.5 3 against 1 2 3', () => {
    expect(rankCorrelation([0, 0, 1], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 6);
  });
});

describe('bootstrap', () => {
  test('equal values have no width', () => {
    expect(bootstrapMean([2, 2, 2], 1)).toEqual({ mean: 2, low: 2, high: 2 });
  });
  test('close to mean +- 1.96 s / sqrt(n) for many values, and the same for the same seed', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2);
    const { mean, low, high } = bootstrapMean(values, 5);
    expect(mean).toBe(0.5);
    expect(Math.abs(low - (0.5 - (1.96 * 0.5) / 20))).toBeLessThan(0.008);
    expect(Math.abs(high - (0.5 + (1.96 * 0.5) / 20))).toBeLessThan(0.008);
    expect(bootstrapMean(values, 5)).toEqual({ mean, low, high });
    expect(bootstrapMean(values, 6)).not.toEqual({ mean, low, high });
  });
});

test('all scores of a map at once', () => {
  expect(objectScores([4, 3, 0, 1], [1, 0, 0, 0], 2)).toEqual({
    ...{ auroc: 1, iou: 1, pointing: 1, mass: 0.5, rank: 1 },
  });
});
