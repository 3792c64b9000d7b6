import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { createMaskModel, maskModelFromSpec } from '../../../src/main/models/maskModel';
import { Random } from '../../../src/main/noise/random';
import { normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

const model = () => createMaskModel([4, 8, 8, 12], new Random(1, 0, 'weights'));

test('one value for every four pixels in each direction, for any image size', () => {
  const mask = model();
  for (const [height, width] of [
    [32, 32],
    [33, 47],
    [16, 30],
  ] as const)
    expect(mask.logOdds(tf.zeros([2, height, width, 3])).shape).toEqual([
      2,
      Math.ceil(height / 4),
      Math.ceil(width / 4),
      1,
    ]);
  mask.dispose();
});

test('begins with noise spread almost evenly, the same for the same seed', () => {
  const x = normalTensor<Tensor4D>([2, 32, 32, 3], 2);
  const [a, b] = [model(), model()];
  const first = a.logOdds(x);
  expect(first.abs().max().dataSync()[0]).toBeLessThan(0.5);
  expect([...b.logOdds(x).dataSync()]).toEqual([...first.dataSync()]);
});

test('comes back from its stored weights', async () => {
  const x = normalTensor<Tensor4D>([1, 32, 32, 3], 3);
  const trained = model();
  const again = maskModelFromSpec({ channels: [4, 8, 8, 12], weights: await trained.weights() });
  expect([...again.logOdds(x).dataSync()]).toEqual([...trained.logOdds(x).dataSync()]);
});

test('every place knows the whole image: a far corner moves the value of the opposite one', () => {
  const mask = model();
  const x = tf.zeros([1, 64, 64, 3]) as Tensor4D;
  const corner = tf.pad4d(tf.ones([1, 4, 4, 3]), [
    [0, 0],
    [0, 60],
    [0, 60],
    [0, 0],
  ]);
  const moved = mask
    .logOdds(corner as Tensor4D)
    .sub(mask.logOdds(x))
    .abs()
    .dataSync();
  expect(moved.at(-1)).toBeGreaterThan(0);
});

test('an image without structure has a map without structure: the border is not seen', () => {
  const mask = model();
  const a = mask.logOdds(tf.fill([1, 40, 34, 3], 0.7)).dataSync();
  for (const value of a) expect(value).toBeCloseTo(a[0]!, 6);
  mask.dispose();
});

test('favours no side: with mirrored filters the mirrored image has the mirrored map', async () => {
  const weights = await model().weights();
  const mirroredFilters = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => {
      if (shape.length !== 4) return [name, { shape, values }];
      const mirrored = tf.tensor4d(values, shape as [number, number, number, number]).reverse(1);
      return [name, { shape, values: mirrored.dataSync<'float32'>() }];
    }),
  );
  const x = normalTensor<Tensor4D>([1, 32, 48, 3], 4);
  const plain = maskModelFromSpec({ channels: [4, 8, 8, 12], weights }).logOdds(x);
  const other = maskModelFromSpec({ channels: [4, 8, 8, 12], weights: mirroredFilters });
  const mirrored = other.logOdds(x.reverse(2)).reverse(2);
  expect(plain.sub(mirrored).abs().max().dataSync()[0]).toBeLessThan(1e-5);
});

test('leaves no tensors behind', () => {
  const mask = model();
  const x = normalTensor<Tensor4D>([1, 32, 32, 3], 3);
  const before = tf.memory().numTensors;
  mask.logOdds(x).dispose();
  expect(tf.memory().numTensors).toBe(before);
  mask.dispose();
  expect(tf.memory().numTensors).toBe(before - mask.variables.length);
});
