import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { maxRelativeError, onBackend } from './support';

beforeAll(() => startEngine('wasm'));

const random = (shape: number[], seed: number): Tensor4D =>
  tf.randomNormal(shape as Tensor4D['shape'], 0, 1, 'float32', seed);

/** For a linear map A the gradient is its transpose: <A x, y> = <x, A' y> for all x and y. */
describe('gradients of resizing are its transpose', () => {
  const sizes: [number[], [number, number]][] = [
    [
      [2, 4, 6, 3],
      [8, 12],
    ],
    [
      [1, 5, 3, 2],
      [16, 7],
    ],
    [
      [2, 9, 8, 1],
      [4, 5],
    ],
    [
      [1, 4, 4, 5],
      [4, 4],
    ],
    [
      [3, 4, 5, 2],
      [8, 10],
    ],
  ];
  const maps = {
    bilinear: (x: Tensor4D, size: [number, number]) => tf.image.resizeBilinear(x, size),
    'bilinear, aligned corners': (x: Tensor4D, size: [number, number]) =>
      tf.image.resizeBilinear(x, size, true),
    'bilinear, half-pixel centres': (x: Tensor4D, size: [number, number]) =>
      tf.image.resizeBilinear(x, size, false, true),
    nearest: (x: Tensor4D, size: [number, number]) => tf.image.resizeNearestNeighbor(x, size),
    'nearest, aligned corners': (x: Tensor4D, size: [number, number]) =>
      tf.image.resizeNearestNeighbor(x, size, true),
    'nearest, half-pixel centres': (x: Tensor4D, size: [number, number]) =>
      tf.image.resizeNearestNeighbor(x, size, false, true),
  };
  for (const [name, map] of Object.entries(maps))
    it.each(sizes)(`${name}: %j to %j`, (shape, size) => {
      const [left, right] = tf.tidy(() => {
        const [x, y] = [random(shape, 1), random([shape[0]!, ...size, shape[3]!], 2)];
        const back = tf.grad((input) => map(input as Tensor4D, size))(x, y);
        return [map(x, size).mul(y).sum().dataSync()[0]!, x.mul(back).sum().dataSync()[0]!];
      });
      expect(Math.abs(left! - right!)).toBeLessThan(1e-4);
    });
});

describe('gradients equal those of the plain JavaScript backend', () => {
  const functions: Record<string, [number[], (x: Tensor4D) => Tensor]> = {
    'max pool 2x2': [[2, 6, 8, 5], (x) => tf.maxPool(x, 2, 2, 'same')],
    'max pool 3x3 stride 2, odd': [[2, 7, 9, 3], (x) => tf.maxPool(x, 3, 2, 'same')],
    'max pool 3x3 stride 1 valid': [[1, 6, 5, 3], (x) => tf.maxPool(x, 3, 1, 'valid')],
    'average pool 2x2': [[2, 6, 8, 5], (x) => tf.avgPool(x, 2, 2, 'same')],
    'average pool 3x3 stride 2, odd': [[2, 7, 9, 3], (x) => tf.avgPool(x, 3, 2, 'same')],
    'log-softmax': [[6, 9, 1, 1], (x) => tf.logSoftmax(x.reshape([6, 9]))],
    'similarities of normalised rows': [[6, 4, 1, 1], (x) => similarities(x.reshape([6, 4]))],
    'group normalisation': [[2, 4, 3, 8], (x) => groupNormalise(x)],
    'concat, slice, pad, transpose': [
      [2, 3, 4, 5],
      (x) =>
        tf
          .concat([x.slice([0, 1, 0, 0], [2, 2, 4, 5]), x], 1)
          .pad([
            [0, 0],
            [1, 2],
            [0, 0],
            [3, 0],
          ])
          .transpose([3, 0, 2, 1]),
    ],
    reverse: [[2, 3, 4, 5], (x) => x.reverse([1, 3]).square()],
    gather: [[5, 2, 2, 3], (x) => tf.gather(x, tf.tensor1d([4, 0, 0, 2], 'int32'))],
    'pointwise functions': [
      [3, 4, 5, 2],
      (x) =>
        tf.addN([
          x.exp(),
          x.sigmoid(),
          x.relu6(),
          x.clipByValue(-1, 1),
          x.erf(),
          x.tanh(),
          x.elu(),
          x.softplus(),
        ]),
    ],
    'roots and logarithms': [
      [3, 4, 5, 2],
      (x) => x.square().add(0.5).sqrt().add(x.abs().add(1).log()).add(x.square().add(1).rsqrt()),
    ],
    'mean and maximum': [
      [3, 4, 5, 2],
      (x) =>
        x
          .mean([1, 2])
          .add(x.max([1, 2]))
          .maximum(0.1),
    ],
    'softmax cross entropy': [
      [4, 5, 1, 1],
      (x) =>
        tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([0, 3, 1, 4], 'int32'), 5), x.reshape([4, 5])),
    ],
    'binary cross entropy': [
      [4, 5, 1, 1],
      (x) =>
        tf.losses.sigmoidCrossEntropy(tf.oneHot(tf.tensor1d([0, 3, 1, 4], 'int32'), 5), x.reshape([4, 5])),
    ],
  };
  it.each(Object.entries(functions))('%s', async (_name, [shape, run]) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const x = random(shape, 5);
      const y = run(x);
      const dy = y.rank === 0 ? tf.scalar(1) : random(y.shape, 6);
      return [y, tf.grad((input) => run(input as Tensor4D))(x, dy)];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-5);
  });
});

function similarities(x: ReturnType<typeof tf.tensor2d>): Tensor {
  const unit = x.div(x.square().sum(1, true).add(1e-8).sqrt());
  return tf.matMul(unit, unit, false, true).add(tf.matMul(unit, unit.square(), false, true));
}

function groupNormalise(x: Tensor4D): Tensor {
  const [batch, height, width, channels] = x.shape;
  const grouped = x.reshape([batch, height * width, 4, channels / 4]);
  const { mean, variance } = tf.moments(grouped, [1, 3], true);
  return grouped.sub(mean).mul(variance.add(1e-5).rsqrt()).reshape(x.shape);
}
