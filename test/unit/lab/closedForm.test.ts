import { describe, expect, test } from 'vitest';
import {
  gaussianBits,
  noisyAccuracy,
  noisyBits,
  quantisedBits,
  sourceDeviation,
} from '../../../src/main/lab/monotone/closedForm';
import { bestFixedAccuracy } from '../../../src/main/lab/toy/closedForm';
import { drawToy } from '../../../src/main/lab/toy/data';
import { Random } from '../../../src/main/noise/random';

describe('toy experiment', () => {
  test('small noise: only points within reach of 5 are in doubt, 1 - 0.2 phi(0) sigma', () => {
    const slope = 0.2 / Math.sqrt(2 * Math.PI);
    expect(bestFixedAccuracy(0.3)).toBeCloseTo(1 - slope * 0.3, 3);
  });

  test('endless noise leaves a guess, and more noise never helps', () => {
    expect(bestFixedAccuracy(200)).toBeLessThan(0.52);
    const falling = [0.3, 0.5, 1, 2, 3, 5, 8].map(bestFixedAccuracy);
    for (let i = 1; i < falling.length; i++) expect(falling[i]).toBeLessThan(falling[i - 1]!);
  });

  test('the data of Eq. 4: one dimension above zero and tied to the label, the other below', () => {
    const { x, labels, irrelevant } = drawToy(500, new Random(1, 0, 'toy'));
    for (let i = 0; i < 500; i++) {
      const [relevant, other] = [x[2 * i + 1 - irrelevant[i]!]!, x[2 * i + irrelevant[i]!]!];
      expect(Math.floor(relevant / 5)).toBe(labels[i]);
      expect(other).toBeLessThan(0);
      expect(other).toBeGreaterThan(-10);
    }
    const mean = (values: Uint8Array) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(labels)).toBeCloseTo(0.5, 1);
    expect(mean(irrelevant)).toBeCloseTo(0.5, 1);
  });
});

describe('bits left of a pixel with 16 values', () => {
  const at = (sigma: number) => noisyBits(16, sigma * sourceDeviation(16));

  test('no noise leaves all of them, and each further noise fewer', () => {
    expect(noisyBits(16, 1e-3)).toBe(4);
    const falling = [0.01, 0.05, 0.1, 0.3, 1, 3, 10].map(at);
    expect(falling[0]).toBeCloseTo(4, 6);
    for (let i = 1; i < falling.length; i++) expect(falling[i]).toBeLessThan(falling[i - 1]!);
  });

  test('under strong noise any source is as a Gaussian one: 1/2 log2(1 + 1/sigma^2)', () => {
    expect(gaussianBits(1)).toBe(0.5);
    expect(at(8)).toBeCloseTo(gaussianBits(8), 5);
    // A Gaussian source is the best of its deviation (channel capacity).
    for (const sigma of [0.05, 0.2, 1, 4]) expect(at(sigma)).toBeLessThan(gaussianBits(sigma));
  });

  test('two values are a binary channel: best accuracy Phi(gap / 2 sigma)', () => {
    // Phi(1) = 0.841345 with values 128 apart.
    expect(noisyAccuracy(2, 64)).toBeCloseTo(0.841345, 5);
    // Capacity of binary input over Gaussian noise at 0 dB: 0.4859 bits (Proakis, Digital Communications).
    expect(noisyBits(2, 64)).toBeCloseTo(0.4859, 3);
  });

  test('rounding after a factor merges values: counted by hand', () => {
    expect(quantisedBits(16, 1)).toEqual({ bits: 4, accuracy: 1 });
    expect(quantisedBits(16, 1 / 16)).toEqual({ bits: 4, accuracy: 1 });
    // round((16 k + 8) / 256) is 0 for k < 8 and 1 from there on.
    expect(quantisedBits(16, 1 / 256)).toEqual({ bits: 1, accuracy: 2 / 16 });
    expect(quantisedBits(16, 0)).toEqual({ bits: 0, accuracy: 1 / 16 });
  });
});
