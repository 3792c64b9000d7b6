import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { maskLoss } from '../../../src/main/noise/objectives';
import {
  fixedFraction,
  freeFraction,
  penalisedLoss,
  regularisedLoss,
} from '../../../src/main/noise/softPenalty';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

const scale = { sigmaMin: 0.1, sigmaMax: 1 };
const x = normalTensor<Tensor4D>([3, 8, 8, 3], 1);
const eps = normalTensor<Tensor4D>([3, 8, 8, 3], 2);
const filter = normalTensor<Tensor2D>([3, 5], 3);
const embed = (image: Tensor4D) => image.tanh().mean([1, 2]).matMul(filter) as Tensor2D;
const clean = embed(x);
const logOdds = normalTensor<Tensor4D>([3, 2, 2, 1], 4);

describe.each(['positive', 'negative'] as const)('%s mask', (mask) => {
  const masking = (a: Tensor4D) =>
    ({ mask, logOdds: () => a, embed, scale, objective: 'cosine', temperature: 0.2 }) as const;
  const of = (a: Tensor4D, lambda: number | undefined) =>
    regularisedLoss(masking(a), { x, clean, eps, budget: 0.5 }, lambda);

  test('d -/+ lambda H, with H by hand where the noise is the same everywhere', () => {
    // q = 1/2: sigma = sqrt(0.1), and a value of Gaussian noise has 1/2 (1 + log 2 pi) + log sigma nats.
    const entropy = 0.5 * (1 + Math.log(2 * Math.PI)) + 0.5 * Math.log(0.1);
    const { loss, noisy } = of(tf.zeros([3, 2, 2, 1]), 0.7);
    const distance = maskLoss(mask, 'cosine', clean, noisy, 0.2).dataSync()[0]!;
    const sign = mask === 'positive' ? -1 : 1;
    expect(loss.dataSync()[0]).toBeCloseTo(distance + sign * 0.7 * entropy, 5);
  });

  test('gradient by finite differences', () => {
    expectGradient((a: Tensor) => of(a as Tensor4D, 0.7).loss, logOdds);
  });

  test('without lambda the budget holds', () => {
    expect(of(logOdds, undefined).q.mean().dataSync()[0]).toBeCloseTo(0.5, 5);
    expect(of(logOdds, 1).q.mean().dataSync()[0]).toBeCloseTo(logOdds.sigmoid().mean().dataSync()[0]!, 5);
  });
});

describe('noise that no sigmoid bounds', () => {
  // Eq. 2 stops at log variance -10: sigma = exp(-5), so q = (-5 - log 0.1) / log 10.
  const least = (-5 - Math.log(0.1)) / Math.log(10);
  const a = tf.tensor4d([-9, 0, 0.3, 2, 9], [1, 1, 5, 1]);

  test.each([
    ['clamp', [least, 0.5, 0.8, 1, 1]],
    ['none', [least, 0.5, 0.8, 2.5, 4]],
  ] as const)('%s: a + 1/2 between its ends', (ceiling, expected) => {
    freeFraction(a, scale, ceiling)
      .dataSync()
      .forEach((q, i) => {
        expect(q).toBeCloseTo(expected[i]!, 5);
      });
  });

  test('with a clamp no pixel answers to the penalty beyond the largest sigma; without one every pixel does', () => {
    const slope = (ceiling: 'clamp' | 'none') =>
      tf
        .grad((answer: Tensor) => {
          const masking = { mask: 'positive', logOdds: () => answer as Tensor4D, embed, scale } as const;
          return penalisedLoss(
            { ...masking, objective: 'cosine', temperature: 0.2 },
            { x, clean: tf.zerosLike(clean), eps },
            0.7,
            ceiling,
          ).loss;
        })(tf.fill([3, 2, 2, 1], 1))
        .dataSync();
    // Distance from nothing is 1 whatever the noise: what is left is -lambda dH/dq = -lambda log 10 over 12 pixels.
    for (const value of slope('none')) expect(value).toBeCloseTo((-0.7 * Math.log(10)) / 12, 4);
    for (const value of slope('clamp')) expect(value).toBeCloseTo(0, 6);
  });

  test('a fixed entropy holds the mean of every image, and lets one pixel have all of it', () => {
    const one = tf.tensor4d([3, -1, -1, -1, 0, 0, 0, 0], [2, 2, 2, 1]);
    const q = fixedFraction(one, scale, 0.5);
    expect([...q.dataSync()]).toEqual([3.5, -0.5, -0.5, -0.5, 0.5, 0.5, 0.5, 0.5]);
  });
});
