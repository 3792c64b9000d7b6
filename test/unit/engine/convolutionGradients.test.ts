import type { Tensor4D } from '@tensorflow/tfjs';
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
    expect(await error(xShape, wShape, (x, w) => tf.conv2d(x, w, stride, pad))).toBeLessThan(1e-5);
  });
});

const dilated: [string, number[], number[], number][] = [
  ['3x3 dilated 2', [2, 9, 8, 3], [3, 3, 3, 5], 2],
  ['2x3 dilated 3', [1, 10, 12, 4], [2, 3, 4, 8], 3],
];

describe('dilated convolution equals that of the plain JavaScript backend', () => {
  it.each(dilated)('%s', async (_name, xShape, wShape, dilation) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const [x, w] = [random(xShape, 1), random(wShape, 2)];
      return [tf.conv2d(x, w, 1, 'same', 'NHWC', dilation), tf.conv2d(x, w, 1, 'valid', 'NHWC', dilation)];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-5);
  });
});

describe('fused convolution equals convolution, bias and activation', () => {
  it.each(['linear', 'relu', 'relu6', 'elu'] as const)('%s', async (activation) => {
    const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
      const [x, filter, bias] = [random([2, 6, 5, 3], 1), random([3, 3, 3, 6], 2), random([6], 3)];
      return [
        tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias: bias as never, activation }),
        tf.fused.conv2d({ x, filter, strides: 2, pad: 'valid', activation }),
        tf.fused.depthwiseConv2d({
          x,
          filter: random([3, 3, 3, 1], 4),
          strides: 1,
          pad: 'same',
          activation,
        }),
      ];
    });
    expect(maxRelativeError(ours!, theirs!)).toBeLessThan(1e-5);
  });
});

const depthwise: typeof cases = [
  ['3x3', [2, 6, 6, 8], [3, 3, 8, 1], 1, 'same'],
  ['3x3 valid, odd channels', [1, 7, 5, 3], [3, 3, 3, 1], 1, 'valid'],
  ['3x3 stride 2', [2, 8, 8, 5], [3, 3, 5, 1], 2, 'same'],
  ['3x3 stride 2, odd', [2, 9, 7, 37], [3, 3, 37, 1], 2, 'same'],
  ['3x3 stride 2 valid', [2, 8, 6, 4], [3, 3, 4, 1], 2, 'valid'],
  ['5x3', [1, 9, 8, 34], [5, 3, 34, 1], 1, 'same'],
  ['two filters a channel', [1, 6, 5, 3], [3, 3, 3, 2], 1, 'same'],
];

describe('depthwise gradients equal those of the plain JavaScript backend', () => {
  it.each(depthwise)('%s', async (_name, xShape, wShape, stride, pad) => {
    const convolve: Convolve = (x, w) => tf.depthwiseConv2d(x, w, stride, pad);
    expect(await error(xShape, wShape, convolve)).toBeLessThan(1e-5);
  });
});

type Convolve = (x: Tensor4D, w: Tensor4D) => Tensor4D;

function random(shape: number[], seed: number): Tensor4D {
  return tf.randomNormal(shape as Tensor4D['shape'], 0, 1, 'float32', seed);
}

/** The worst relative error of output, input gradient and filter gradient. */
async function error(xShape: number[], wShape: number[], convolve: Convolve): Promise<number> {
  const [ours, theirs] = await onBackend(['wasm', 'cpu'], () => {
    const [x, w] = [random(xShape, 1), random(wShape, 2)];
    const y = convolve(x, w);
    return [y, ...tf.grads(convolve as never)([x, w], random(y.shape, 3))];
  });
  return maxRelativeError(ours!, theirs!);
}
