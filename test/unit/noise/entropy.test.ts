import { expect, test } from 'vitest';
import { entropyBits, entropyTable, sigmaOf } from '../../../src/contract/noiseMap';
import { tf } from '../../../src/main/engine/tf';
import { gaussianEntropy, logVarianceOf } from '../../../src/main/noise/entropy';

await tf.setBackend('cpu');

test('Eq. 2 is the differential entropy of a Gaussian: 1/2 log(2 pi e var) a dimension', () => {
  const variances = [0.5, 1, 2, 9];
  const closedForm = variances.reduce((sum, v) => sum + 0.5 * Math.log(2 * Math.PI * Math.E * v), 0);
  const [entropy] = gaussianEntropy(tf.tensor([variances.map(Math.log)])).dataSync();
  expect(entropy).toBeCloseTo(closedForm, 5);
});

test('Eq. 2 clips the log variance at -10, for each image of a batch by itself', () => {
  const constant = 1 + Math.log(2 * Math.PI);
  const entropies = gaussianEntropy(
    tf.tensor([
      [-50, 0],
      [-10, 0],
      [2, 4],
    ]),
  ).dataSync();
  expect(entropies[0]).toBeCloseTo(constant - 5, 5);
  expect(entropies[1]).toBeCloseTo(constant - 5, 5);
  expect(entropies[2]).toBeCloseTo(constant + 3, 5);
});

test('Eq. 2 of a noise map counts each of the three channels', () => {
  const sigma = tf.fill([1, 2, 2, 1], 0.5);
  const [entropy] = gaussianEntropy(logVarianceOf(sigma as never)).dataSync();
  expect(entropy).toBeCloseTo(12 * 0.5 * Math.log(2 * Math.PI * Math.E * 0.25), 4);
});

test('the gradient of Eq. 2 is 1/2 where it is not clipped and 0 where it is', () => {
  const gradient = tf.grad((v) => gaussianEntropy(v.reshape([1, 2])).sum())(tf.tensor1d([-20, 1]));
  expect([...gradient.dataSync()]).toEqual([0, 0.5]);
});

/** The complementary error function's integral, by Simpson's rule: independent of the formula under test. */
function exactBits(sigma: number): number {
  const density = (x: number) => Math.exp((-x * x) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
  let bits = 0;
  for (let k = -Math.ceil(9 * sigma) - 1; k <= Math.ceil(9 * sigma) + 1; k++) {
    const slices = 2000;
    let p = 0;
    for (let i = 0; i <= slices; i++)
      p += density(k - 0.5 + i / slices) * (i === 0 || i === slices ? 1 : i % 2 === 1 ? 4 : 2);
    p /= 3 * slices;
    if (p > 0) bits -= p * Math.log2(p);
  }
  return bits;
}

test('bits of small noise equal the sum over the integers', () => {
  for (const sigma of [0.1, 0.25, 0.5, 1, 2]) expect(entropyBits(sigma)).toBeCloseTo(exactBits(sigma), 5);
});

test('bits of middling noise equal the differential entropy 1/2 log2(2 pi e sigma^2)', () => {
  for (const sigma of [5, 7.5, 10, 20]) {
    const differential = 0.5 * Math.log2(2 * Math.PI * Math.E * sigma ** 2);
    // Rounding adds the variance 1/12 of a uniform step (Sheppard's correction), which is 0.0024 bits at sigma 5.
    const rounding = 0.5 * Math.log2(1 + 1 / (12 * sigma ** 2));
    if (differential < 8) expect(entropyBits(sigma)).toBeCloseTo(differential + rounding, 5);
    expect(Math.abs(entropyBits(sigma) - differential)).toBeLessThan(0.003);
  }
});

test('bits go from 0 for a known pixel to the 8 of a uniform one', () => {
  expect(entropyBits(0)).toBe(0);
  expect(entropyBits(0.01)).toBe(0);
  expect(entropyBits(1000)).toBe(8);
  for (let s = 0.2; s < 100; s *= 1.3) expect(entropyBits(s * 1.3)).toBeGreaterThanOrEqual(entropyBits(s));
});

test('the table of bits follows the function', () => {
  const scale = { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 55 };
  const bits = entropyTable(scale);
  for (const q of [0, 0.1234, 0.5, 0.777, 1])
    expect(bits(q)).toBeCloseTo(entropyBits(sigmaOf(q, scale) * scale.pixelScale), 3);
});
