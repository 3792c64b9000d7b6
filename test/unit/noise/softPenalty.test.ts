import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { maskLoss } from '../../../src/main/noise/objectives';
import { regularisedLoss } from '../../../src/main/noise/softPenalty';
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
