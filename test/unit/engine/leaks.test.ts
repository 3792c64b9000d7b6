import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';

it('300 training steps leave no tensor behind and do not grow the heap', async () => {
  await startEngine('wasm');
  const variable = (shape: number[], seed: number) =>
    tf.variable(tf.randomNormal(shape as Tensor4D['shape'], 0, 0.1, 'float32', seed));
  const filters = [variable([3, 3, 3, 8], 1), variable([3, 3, 8, 1], 2), variable([1, 1, 8, 12], 3)];
  const [scale, offset] = [tf.variable(tf.ones([12])), tf.variable(tf.zeros([12]))];
  const x = tf.randomNormal([4, 12, 12, 3], 0, 1, 'float32', 4) as Tensor4D;
  const optimizer = tf.train.adam(1e-3);
  const step = () => {
    optimizer.minimize((): Scalar => {
      let y = tf.relu(tf.conv2d(x, filters[0] as Tensor4D, 2, 'same'));
      y = tf.depthwiseConv2d(tf.maxPool(y, 2, 1, 'same'), filters[1] as Tensor4D, 1, 'same');
      y = tf.conv2d(y, filters[2] as Tensor4D, 1, 'same');
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      y = tf.batchNorm(y, mean as never, variance as never, offset as never, scale as never);
      return tf.image.resizeBilinear(y, [12, 12], false, true).square().mean();
    });
  };
  const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
  const state = () => ({ heap: heap(), tensors: tf.memory().numTensors, data: tf.backend().numDataIds() });
  for (let i = 0; i < 20; i++) step();
  const before = state();
  for (let i = 0; i < 280; i++) step();
  expect(state()).toEqual(before);
});
