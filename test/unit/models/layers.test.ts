import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { batchNorm, convolveRepeating, doubleSize, groupNorm } from '../../../src/main/models/layers';
import { AdamW, oneCycle } from '../../../src/main/models/optimizer';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

/** x = 3 sin(1.7 i) + 0.1 i, gain and offset, and cos(i) as weights of the sum that is differentiated. */
const ramp = tf.range(0, 32);
const x = ramp.mul(1.7).sin().mul(3).add(ramp.mul(0.1)).reshape([2, 2, 2, 4]) as Tensor4D;
const gain = tf.tensor1d([1, 2, 0.5, -1]);
const offset = tf.tensor1d([0, 0.1, 0.2, 0.3]);
const weights = ramp.cos().reshape([2, 2, 2, 4]);

function expectValues(actual: Tensor, expected: number[]): void {
  const values = actual.dataSync();
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 4);
}

test('group normalisation equals PyTorch 1.13, forward and backward', () => {
  const f = (input: unknown, g: unknown) => groupNorm(input as Tensor4D, 2, g as Tensor1D, offset);
  expectValues(f(x, gain), [-1.814232, 1.297976, 0.254625, 1.442174, -0.336993, 1.016185]);
  const [dx, dg] = tf.grads((input, g) => f(input, g).mul(weights).sum())([x, gain]);
  expectValues(dx!, [0.317258, 0.652014, -0.217545, 0.642667, -0.814307, 0.233346]);
  expectValues(dg!, [-1.258023, -0.14103, -0.156013, -0.5029]);
});

test('batch normalisation equals PyTorch 1.13, forward and backward', () => {
  const f = (input: unknown, g: unknown, b: unknown) =>
    batchNorm(input as Tensor4D, g as Tensor1D, b as Tensor1D, () => {});
  expectValues(f(x, gain, offset), [-1.909214, 3.039723, -0.019495, 1.995603, -0.555069, 2.780791]);
  const [dx, dg, db] = tf.grads((input, g, b) => f(input, g, b).mul(weights).sum())([x, gain, offset]);
  expectValues(dx!, [0.604761, 0.589674, -0.089949, 0.249116, -0.500793, 0.232414]);
  expectValues(dg!, [-0.690373, 0.55177, 0.56672, 1.302752]);
  expectValues(db!, [-0.043294, 0.240534, 0.303216, 0.087123]);
});

test('batch normalisation reports mean and variance of the batch', () => {
  let seen: number[][] = [];
  tf.tidy(() => {
    batchNorm(x, gain, offset, (mean, variance) => {
      seen = [mean, variance].map((tensor) => [...tensor.dataSync()]);
    });
  });
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  expectValues(mean, seen[0]!);
  expectValues(variance, seen[1]!);
});

test("convolution over repeated borders equals PyTorch 1.13's padding mode replicate, and is differentiable", () => {
  const image = tf.range(0, 60).mul(1.7).sin().reshape([1, 5, 6, 2]) as Tensor4D;
  const filter = tf.range(0, 54).mul(0.9).cos().reshape([3, 3, 2, 3]) as Tensor4D;
  const ends = (y: Tensor) => [...y.flatten().slice(0, 2).dataSync(), ...y.flatten().slice(-2).dataSync()];
  const [one, two] = [1, 2].map((stride) => convolveRepeating(image, filter, null, stride));
  expect([one!.shape, two!.shape]).toEqual([
    [1, 5, 6, 3],
    [1, 3, 3, 3],
  ]);
  expectValues(tf.tensor1d(ends(one!)), [1.15931, -1.51653, 0.64117, 2.84734]);
  expectValues(tf.tensor1d(ends(two!)), [0.0537, 0.07989, 0.64117, 2.84734]);
  expectValues(one!.abs().sum().reshape([1]).div(10), [5.96993]);
  expectGradient(
    (input) =>
      convolveRepeating(input as Tensor4D, filter, null, 2)
        .square()
        .sum()
        .asScalar(),
    image,
  );
});

test('the gradient of repeated borders is right for images of one, two and three pixels too', () => {
  const filter = tf.range(0, 54).mul(0.9).cos().reshape([3, 3, 2, 3]) as Tensor4D;
  for (const stride of [1, 2])
    for (const [height, width] of [
      [1, 2],
      [3, 1],
      [2, 3],
    ])
      expectGradient(
        (input) =>
          convolveRepeating(input as Tensor4D, filter, null, stride)
            .square()
            .sum()
            .asScalar(),
        normalTensor<Tensor4D>([2, height!, width!, 2], 3),
      );
});

test('doubling repeats every pixel, cuts to odd sizes, and is differentiable', () => {
  const small = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  expect([...doubleSize(small, 4, 4).dataSync()]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  expect([...doubleSize(small, 3, 3).dataSync()]).toEqual([1, 1, 2, 1, 1, 2, 3, 3, 4]);
  const seen = normalTensor<Tensor4D>([2, 5, 6, 2], 1);
  expectGradient(
    (input) =>
      doubleSize(input as Tensor4D, 5, 6)
        .mul(seen)
        .sum(),
    normalTensor([2, 3, 3, 2], 2),
  );
});

test('AdamW under a one-cycle schedule with clipping walks as PyTorch 1.13', () => {
  // optim.AdamW(0.1, weight_decay=0.01), OneCycleLR(0.1, 10 steps, cycle_momentum=False), clip_grad_norm_(1)
  const rates = [0.004, 0.052, 0.1, 0.095048, 0.081175, 0.061126, 0.038874, 0.018826, 0.004952, 4e-7];
  for (const [step, rate] of rates.entries()) expect(oneCycle(step, 10, 0.1)).toBeCloseTo(rate, 6);
  const p = tf.variable(tf.tensor1d([1, -2, 3]));
  const optimizer = new AdamW([p], { learningRate: 0.1, steps: 10 });
  const path: number[][] = [];
  for (let step = 0; step < 10; step++) {
    optimizer.minimise(step, () => p.sub([0, 1, 2]).square().mul([1, 10, 0.1]).sum());
    path.push([...p.dataSync()]);
  }
  const expected = {
    0: [0.99596, -1.99592, 2.99588],
    4: [0.666702, -1.661549, 2.660136],
    9: [0.546009, -1.535761, 2.537137],
  };
  for (const [step, values] of Object.entries(expected))
    for (const [i, value] of values.entries()) expect(path[Number(step)]![i]).toBeCloseTo(value, 4);
});

test('AdamW gives its moments in the order of each weight’s own axes, and goes on from them', async () => {
  // d/dp of sum(p c) is c, shorter than the norm it is clipped to: after one step the mean is 0.1 c, the square 0.001 c^2.
  const slopes = tf.range(0, 24).div(100).reshape([2, 3, 2, 2]);
  const begin = () => tf.variable(tf.ones([2, 3, 2, 2]));
  const options = { learningRate: 0.1, steps: 10 };
  const walk = (p: Tensor, optimizer: AdamW, step: number) =>
    optimizer.minimise(step, () => p.mul(slopes).sum()).dispose();
  const unbroken = begin();
  const first = new AdamW([unbroken], options);
  walk(unbroken, first, 0);
  const kept = await first.arrays();
  expectValues(tf.tensor1d(kept['adam.mean']!.values), [...slopes.mul(0.1).dataSync()]);
  expectValues(tf.tensor1d(kept['adam.square']!.values).mul(1000), [...slopes.square().dataSync()]);
  const resumed = tf.variable(unbroken.clone());
  const second = new AdamW([resumed], options, kept);
  walk(unbroken, first, 1);
  walk(resumed, second, 1);
  expect([...resumed.dataSync()]).toEqual([...unbroken.dataSync()]);
});
