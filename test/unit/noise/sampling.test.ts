import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { resample, sigmaOf } from '../../../src/contract/noiseMap';
import { tf } from '../../../src/main/engine/tf';
import { randomNoiseMaps } from '../../../src/main/noise/calibration';
import { Random } from '../../../src/main/noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../../src/main/noise/sampling';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

test('sigma runs from sigmaMin to sigmaMax, evenly in its logarithm', () => {
  const scale = { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 50 };
  const sigma = sigmaFrom(tf.tensor4d([0, 0.5, 1], [1, 1, 3, 1]), scale).dataSync();
  expect(sigma[0]).toBeCloseTo(0.02, 6);
  expect(sigma[1]).toBeCloseTo(Math.sqrt(0.02 * 1.5), 6);
  expect(sigma[2]).toBeCloseTo(1.5, 5);
  expect(sigma[1]).toBeCloseTo(sigmaOf(0.5, scale), 6);
});

test('a noisy view has the standard deviation it is told, pixel by pixel', () => {
  const sigma = tf.concat([tf.fill([1, 64, 32, 1], 0.1), tf.fill([1, 64, 32, 1], 1.5)], 2) as Tensor4D;
  const x = normalTensor<Tensor4D>([1, 64, 64, 3], 1);
  const noise = noisyView(x, sigma, standardNormals([1, 64, 64, 3], new Random(1, 0, 'eps'))).sub(x);
  const spread = (from: number) =>
    tf
      .moments(noise.slice([0, 0, from, 0], [1, 64, 32, 3]))
      .variance.sqrt()
      .dataSync()[0]!;
  // Five standard errors of a deviation over 6,144 values.
  expect(Math.abs(spread(0) / 0.1 - 1)).toBeLessThan(5 / Math.sqrt(2 * 6144));
  expect(Math.abs(spread(32) / 1.5 - 1)).toBeLessThan(5 / Math.sqrt(2 * 6144));
});

test('up-sampling is that of the stored maps, keeps the mean, and works for any size', () => {
  const small = normalTensor<Tensor4D>([2, 3, 5, 1], 2);
  const large = upsample(small, 12, 20);
  const [first] = tf.split(small, 2);
  const expected = resample({ width: 5, height: 3, values: first!.dataSync<'float32'>() }, 20, 12);
  for (const [i, value] of expected.values.entries()) expect(large.dataSync()[i]).toBeCloseTo(value, 5);
  expect(large.mean().dataSync()[0]).toBeCloseTo(small.mean().dataSync()[0]!, 5);
  expect(upsample(small, 11, 17).shape).toEqual([2, 11, 17, 1]);
  const weights = normalTensor<Tensor4D>([2, 12, 20, 1], 3);
  expectGradient(
    (map) =>
      upsample(map as Tensor4D, 12, 20)
        .mul(weights)
        .sum(),
    small,
  );
});

test('noise maps for calibration: some images clean, some noisy all over, the rest in blobs, never above sigmaMax', () => {
  const maps = randomNoiseMaps(400, 16, 1.5, new Random(1, 0, 'maps'));
  const [low, high] = [maps.min([1, 2, 3]).dataSync(), maps.max([1, 2, 3]).dataSync()];
  const share = (test: (i: number) => boolean) => Array.from(low, (_, i) => i).filter(test).length / 400;
  expect(Math.max(...high)).toBeLessThanOrEqual(1.5);
  // The shares of docs/method.md 4 within five standard errors of 400 draws.
  expect(Math.abs(share((i) => high[i] === 0) - 0.15)).toBeLessThan(0.09);
  expect(Math.abs(share((i) => high[i]! > 0 && low[i] === high[i]) - 0.2)).toBeLessThan(0.1);
  expect(share((i) => high[i]! > 0.5 && low[i]! < 0.1 * high[i]!)).toBeGreaterThan(0.2);
});
