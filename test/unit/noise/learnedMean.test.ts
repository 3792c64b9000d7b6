import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { meanGain, meanShift } from '../../../src/main/noise/learnedMean';
import { upsample } from '../../../src/main/noise/sampling';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

const x = normalTensor<Tensor4D>([2, 8, 8, 3], 1);
const raw = normalTensor<Tensor4D>([2, 4, 4, 3], 2);

describe('the shift of the mean', () => {
  test('a bounded one is raw where it is small, and never above its bound', () => {
    const small = meanShift(raw.mul(1e-3), 0.25, 8, 8);
    const free = meanShift(raw.mul(1e-3), null, 8, 8);
    expect(small.sub(free).abs().max().dataSync()[0]).toBeLessThan(1e-6);
    expect(meanShift(raw.mul(100), 0.25, 8, 8).abs().max().dataSync()[0]).toBeLessThanOrEqual(0.25);
  });

  test('each channel is up-sampled by itself', () => {
    const shift = meanShift(raw, null, 8, 8);
    for (let c = 0; c < 3; c++) {
      const alone = upsample(raw.slice([0, 0, 0, c], [-1, -1, -1, 1]), 8, 8);
      const error = shift.slice([0, 0, 0, c], [-1, -1, -1, 1]).sub(alone).abs().max();
      expect(error.dataSync()[0]).toBeLessThan(1e-6);
    }
  });

  test('gradient by finite differences', () => {
    expectGradient(
      (a: Tensor) =>
        meanShift(a as Tensor4D, 0.25, 8, 8)
          .square()
          .sum(),
      raw,
    );
  });
});

test('gain is the slope on the image without its mean: contrast times 1 + k has gain k, a change of brightness none', () => {
  const centred = x.sub(x.mean([1, 2], true)) as Tensor4D;
  expect(meanGain(centred.mul(0.3) as Tensor4D, x).dataSync()[0]).toBeCloseTo(0.3, 5);
  expect(meanGain(centred.mul(-1) as Tensor4D, x).dataSync()[0]).toBeCloseTo(-1, 5);
  expect(meanGain(tf.fill(x.shape, 0.7) as Tensor4D, x).dataSync()[0]).toBeCloseTo(0, 5);
});
