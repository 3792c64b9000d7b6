import type { Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { maxRelativeError } from './support';

beforeAll(() => startEngine('wasm'));

/** Batches large enough to be shared between threads; a single image is always computed on the main thread. */
const cases: [string, (x: Tensor4D, w: Tensor4D) => Tensor4D, number[]][] = [
  ['convolution', (x, w) => tf.conv2d(x, w, 1, 'same'), [3, 3, 16, 24]],
  ['strided convolution', (x, w) => tf.conv2d(x, w, 2, 'same'), [3, 3, 16, 24]],
  ['1x1 convolution, strided', (x, w) => tf.conv2d(x, w, 2, 'valid'), [1, 1, 16, 50]],
  ['depthwise convolution', (x, w) => tf.depthwiseConv2d(x, w, 1, 'same'), [5, 5, 16, 1]],
];

describe('threads', () => {
  it.each(cases)('%s of a batch is that of its images, one by one', (_name, convolve, wShape) => {
    const images = 7;
    const run = () =>
      tf.tidy(() => {
        const random = (shape: number[], seed: number) =>
          tf.randomNormal(shape as Tensor4D['shape'], 0, 1, 'float32', seed) as Tensor4D;
        const [x, w] = [random([images, 24, 20, 16], 1), random(wShape, 2)];
        const y = convolve(x, w);
        const dy = random(y.shape, 3);
        const gradients = tf.grads(convolve as never);
        const [dx, dw] = gradients([x, w], dy);
        const one = (tensor: Tensor4D, i: number) =>
          tensor.slice([i, 0, 0, 0], [1, ...tensor.shape.slice(1)] as Tensor4D['shape']);
        const each = Array.from({ length: images }, (_, i) => [
          convolve(one(x, i), w),
          ...gradients([one(x, i), w], one(dy, i)),
        ]) as Tensor4D[][];
        const together = [y, dx!, dw!];
        const apart = [
          tf.concat(each.map((parts) => parts[0]!)),
          tf.concat(each.map((parts) => parts[1]!)),
          tf.addN(each.map((parts) => parts[2]!)),
        ];
        return [together, apart].map((list) => list.map((tensor) => tensor.dataSync() as Float32Array));
      });
    const [together, apart] = run();
    expect(maxRelativeError(together!, apart!)).toBeLessThan(1e-5);
    expect(maxRelativeError(run()[0]!, together!)).toBe(0);
  });
});
