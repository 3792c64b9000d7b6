import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { maxRelativeError, onBackend } from './support';

beforeAll(() => startEngine('wasm'));

const cases: [string, number[], number[], number, 'same' | 'valid'][] = [
  ['3x3', [2, 6, 6, 3], [3, 3, 3, 4], 1, 'same'],
  ['3x3 valid, not square', [2, 7, 5, 3], [3, 3, 3, 4], 1, 'valid'],
  ['3x3 stride 2', [2, 8, 8, 4], [3, 3, 4, 8], 2, 'same'],
  ['3x3 stride 2, odd', [1, 7, 9, 5], [3, 3, 5, 7], 2, 'same'],
  ['3x3 stride 2 valid, rows unreached', [2, 8, 6, 3], [3, 3, 3, 2], 2, 'valid'],
  ['1x1', [3, 5, 4, 6], [1, 1, 6, 9], 1, 'same'],
  ['1x1 stride 2', [2, 8, 8, 6], [1, 1, 6, 12], 2, 'same'],
  ['5x3 stride 3', [2, 11, 10, 2], [5, 3, 2, 3], 3, 'same'],
  ['7x7 stride 2', [1, 16, 16, 3], [7, 7, 3, 8], 2, 'same'],
  ['one channel', [2, 6, 6, 1], [3, 3, 1, 1], 1, 'same'],
];

describe('convolution gradients equal those of the plain JavaScript backend', () => {
  it.each(cases)('%s', async (_name, xShape, wShape, stride, pad) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const x = tf.randomNormal(xShape, 0, 1, 'float32', 1) as never;
      const w = tf.randomNormal(wShape, 0, 1, 'float32', 2) as never;
      const y = tf.conv2d(x, w, stride, pad) as ReturnType<typeof tf.tensor4d>;
      const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 3);
      const grads = tf.grads((a, b) => tf.conv2d(a as never, b as never, stride, pad));
      return [y, ...grads([x, w], dy)];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-5);
  });
});
