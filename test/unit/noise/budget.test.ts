import type { Tensor4D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetShift, noiseFraction } from '../../../src/contract/noiseMap';
import { tf } from '../../../src/main/engine/tf';
import { noiseFractionOf } from '../../../src/main/noise/budget';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

const means = (q: Tensor4D): number[] => [...q.mean([1, 2, 3]).dataSync()];

describe('the budget is hit within 1e-4', () => {
  for (const budget of [0.05, 0.25, 0.5, 0.85, 0.95])
    test(`${budget}: per image for every image, per batch for the batch`, () => {
      const logOdds = normalTensor<Tensor4D>([3, 8, 8, 1], 1, 3);
      for (const mean of means(noiseFractionOf(logOdds, budget, 'image')))
        expect(Math.abs(mean - budget)).toBeLessThan(1e-4);
      const perBatch = means(noiseFractionOf(logOdds, budget, 'batch'));
      expect(Math.abs(perBatch.reduce((a, b) => a + b, 0) / 3 - budget)).toBeLessThan(1e-4);
      expect(Math.max(...perBatch) - Math.min(...perBatch)).toBeGreaterThan(1e-3);
    });

  test('whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (values, budget) => {
          const grid = { width: values.length, height: 1, values: Float32Array.from(values) };
          const q = noiseFraction(grid, budget).values;
          expect(Math.abs(q.reduce((a, b) => a + b, 0) / q.length - budget)).toBeLessThan(1e-4);
          const trained = tf.tidy(() =>
            noiseFractionOf(tf.tensor4d(grid.values, [1, 1, values.length, 1]), budget, 'batch').dataSync(),
          );
          expect(Math.abs([...trained].reduce((a, b) => a + b, 0) / q.length - budget)).toBeLessThan(1e-4);
        },
      ),
    );
  });
});

test('equal values get equal noise: the shift is logit(budget) - a', () => {
  expect(budgetShift([2, 2, 2], 0.25)).toBeCloseTo(Math.log(1 / 3) - 2, 6);
});

test('values far from each other are 0 and 1, and those between them share what is left', () => {
  // 1 + sigmoid(10 - 5) + sigmoid(0 - 5) + 0 = 2 of 4.
  expect(budgetShift([-4000, 0, 10, 4000], 0.5)).toBeCloseTo(-5, 6);
  // The mean of a, where the search begins, is 2,000 away from the answer.
  expect(budgetShift([...new Array<number>(9).fill(4000), 0, 0], 10 / 11)).toBeCloseTo(0, 6);
});

test('the gradient goes through the shift (implicit function theorem)', () => {
  for (const scope of ['image', 'batch'] as const) {
    const weights = normalTensor<Tensor4D>([2, 4, 4, 1], 5);
    const f = (a: unknown) =>
      noiseFractionOf(a as Tensor4D, 0.7, scope)
        .mul(weights)
        .sum();
    expectGradient(f, normalTensor([2, 4, 4, 1], 6, 2));
  }
});

test('no change of a can move the mean of q: its gradient is zero', () => {
  const gradient = tf.grad((a) => noiseFractionOf(a as Tensor4D, 0.6, 'batch').mean())(
    normalTensor([2, 4, 4, 1], 7),
  );
  expect(gradient.abs().max().dataSync()[0]).toBeLessThan(1e-7);
});
