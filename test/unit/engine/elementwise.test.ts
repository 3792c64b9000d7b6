import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { maxRelativeError, onBackend } from './support';

beforeAll(() => startEngine('wasm'));

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0.5, 1, 'float32', seed);

describe('arithmetic with broadcasting equals the plain JavaScript backend', () => {
  const shapes: [number[], number[]][] = [
    [[7], [7]],
    [[33], []],
    [[], [3, 5]],
    [[2, 5, 4, 24], [24]],
    [
      [2, 9, 4, 4],
      [2, 1, 4, 1],
    ],
    [
      [2, 1, 4, 1],
      [2, 9, 4, 3],
    ],
    [
      [3, 4, 5, 3],
      [3, 4, 5, 1],
    ],
    [
      [4, 1, 3],
      [1, 5, 3],
    ],
    [
      [1, 1, 1, 6],
      [2, 3, 3, 6],
    ],
  ];
  it.each(shapes)('%j and %j', async (aShape, bShape) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const a = random(aShape, 1);
      const b = random(bShape, 2);
      return [a.add(b), a.sub(b), a.mul(b), a.div(b), a.squaredDifference(b)];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-6);
  });
});

describe('sums and means equal the plain JavaScript backend', () => {
  const cases: [number[], number[]][] = [
    [[5], [0]],
    [[3, 7], [0]],
    [[3, 7], [1]],
    [
      [2, 5, 6, 24],
      [0, 1, 2],
    ],
    [
      [2, 5, 6, 70],
      [1, 2],
    ],
    [
      [2, 30, 4, 5],
      [1, 3],
    ],
    [
      [2, 3, 4, 5],
      [0, 2],
    ],
    [[2, 3, 4, 45], [3]],
    [[600, 3], [0]],
    [
      [1, 4, 1],
      [0, 2],
    ],
    [
      [4, 700],
      [0, 1],
    ],
  ];
  it.each(cases)('%j over %j', async (shape, axes) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const x = random(shape, 3);
      return [tf.sum(x, axes), tf.mean(x, axes), tf.sum(x, axes, true)];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(2e-6);
  });

  it('a long sum of equal values keeps single precision: adding one by one would be off by 1e-3', () => {
    const mean = tf.tidy(() => tf.mean(tf.fill([1_000_003], 0.1)).dataSync()[0]!);
    expect(Math.abs(mean - 0.1) / 0.1).toBeLessThan(1e-5);
  });
});

it('batch normalisation and its gradients equal the plain JavaScript backend', async () => {
  const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
    const x = random([3, 5, 4, 6], 1);
    const [scale, offset] = [random([6], 2), random([6], 3)];
    const normalise = (input: typeof x, a: typeof x, b: typeof x) => {
      const { mean, variance } = tf.moments(input, [0, 1, 2]);
      return tf.batchNorm(input, mean as never, variance as never, b as never, a as never, 1e-3);
    };
    const dy = random([3, 5, 4, 6], 4);
    return [normalise(x, scale, offset), ...tf.grads(normalise as never)([x, scale, offset], dy)];
  });
  expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-5);
});

it('comparisons equal the plain JavaScript backend, with a number and with a tensor, and at equality', async () => {
  const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
    const x = tf.tensor2d([0, -1, 6, 7, Number.NaN, 5.5], [2, 3]);
    const row = tf.tensor1d([0, -2, 6]);
    return [x.lessEqual(6), x.greaterEqual(0), x.lessEqual(row), x.greaterEqual(row)].map((y) => y.toFloat());
  });
  expect(maxRelativeError(ours!, theirs!)).toBe(0);
});

it('copies: a clone outlives its source, and tiles repeat in every direction', async () => {
  const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
    const x = random([2, 3], 1);
    const clone = x.clone();
    x.dispose();
    const row = random([1, 1, 5], 2);
    return [clone, row.tile([2, 3, 1]), row.tile([1, 1, 4]), row.tile([1, 1, 1]), clone.tile([2, 2])];
  });
  expect(maxRelativeError(ours!, theirs!)).toBe(0);
});
