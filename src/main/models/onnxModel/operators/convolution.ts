/** @file Convolutions and pooling. ONNX means [batch, channels, height, width], TensorFlow.js [batch, height, width, channels]. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../../engine/tf';
import { type Attributes, type Operator, sizeOf } from '../value';

const toLast = (x: Tensor): Tensor4D => x.transpose([0, 2, 3, 1]) as Tensor4D;
const toFirst = (x: Tensor): Tensor4D => x.transpose([0, 3, 1, 2]) as Tensor4D;

interface Window {
  kernel: [number, number];
  strides: [number, number];
  dilations: [number, number];
  /** Pixels before and after, down and across. */
  pads: [[number, number], [number, number]];
}

/** @throws Error for images that are not two-dimensional */
function windowOf(attributes: Attributes, kernel: number[], size: number[]): Window {
  if (kernel.length !== 2) throw new Error('it is not two-dimensional');
  const pair = (name: string) => (attributes.numbers(name) ?? [1, 1]) as [number, number];
  const [strides, dilations] = [pair('strides'), pair('dilations')];
  const [top, left, bottom, right] = attributes.numbers('pads') ?? [0, 0, 0, 0];
  const automatic = attributes.text('auto_pad', 'NOTSET');
  const same = (axis: 0 | 1): [number, number] => {
    const reach = (kernel[axis]! - 1) * dilations[axis] + 1;
    const steps = Math.ceil(size[axis]! / strides[axis]);
    const total = Math.max((steps - 1) * strides[axis] + reach - size[axis]!, 0);
    const less = Math.floor(total / 2);
    return automatic === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  };
  const pads: Window['pads'] = automatic.startsWith('SAME')
    ? [same(0), same(1)]
    : [
        [top!, bottom!],
        [left!, right!],
      ];
  sizeOf(pads.map(([before, after], axis) => before + size[axis]! + after));
  return { kernel: kernel as [number, number], strides, dilations, pads };
}

/** One number of padding where all sides have the same, else the image padded beforehand. */
function padded(x: Tensor4D, { pads }: Window, fill = 0): { x: Tensor4D; pad: number | 'valid' } {
  const [[top, bottom], [left, right]] = pads;
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return { x, pad: 'valid' };
  if (fill === 0 && top === bottom && left === right && top === left) return { x, pad: top };
  return { x: tf.pad(x, [[0, 0], ...pads, [0, 0]], fill) as Tensor4D, pad: 'valid' };
}

const conv: Operator = (inputs, attributes) => {
  const [x, filter] = [inputs.tensor(0), inputs.tensor(1)];
  const [outputs, inGroup, ...kernel] = filter.shape as [number, number, ...number[]];
  const groups = attributes.number('group', 1);
  const window = windowOf(attributes, kernel, x.shape.slice(2));
  const { x: image, pad } = padded(toLast(x), window);
  const { strides, dilations } = window;
  let y: Tensor;
  if (groups === 1) {
    y = tf.conv2d(image, filter.transpose([2, 3, 1, 0]) as Tensor4D, strides, pad, 'NHWC', dilations);
  } else if (inGroup === 1 && groups === x.shape[1]) {
    const each = filter.reshape([groups, outputs / groups, ...kernel]).transpose([2, 3, 0, 1]);
    y = tf.depthwiseConv2d(image, each as Tensor4D, strides, pad, 'NHWC', dilations);
  } else {
    const images = tf.split(image, groups, 3);
    const filters = tf.split(filter, groups, 0);
    y = tf.concat(
      images.map((part, i) =>
        tf.conv2d(
          part as Tensor4D,
          filters[i]!.transpose([2, 3, 1, 0]) as Tensor4D,
          strides,
          pad,
          'NHWC',
          dilations,
        ),
      ),
      3,
    );
  }
  return [toFirst(inputs.has(2) ? y.add(inputs.tensor(2)) : y)];
};

/** With `ceil_mode` a window that begins inside the image counts even if it ends outside. */
function reachOut(attributes: Attributes, { kernel, strides, dilations, pads }: Window, size: number[]) {
  if (attributes.number('ceil_mode', 0) === 0) return [0, 0];
  return [0, 1].map((axis) => {
    const reach = (kernel[axis]! - 1) * dilations[axis]! + 1;
    const free = size[axis]! + pads[axis]![0] + pads[axis]![1] - reach;
    const steps = Math.ceil(free / strides[axis]!);
    // A window must begin inside the image or its padding before it.
    const begins = steps * strides[axis]! < size[axis]! + pads[axis]![0];
    return begins ? steps * strides[axis]! - free : 0;
  });
}

const LOWEST = -3.4e38;

const maxPool: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const size = x.shape.slice(2);
  const window = windowOf(attributes, attributes.numbers('kernel_shape') ?? [], size);
  const more = reachOut(attributes, window, size);
  window.pads[0][1] += more[0]!;
  window.pads[1][1] += more[1]!;
  if (window.dilations.some((dilation) => dilation !== 1)) throw new Error('its window has holes');
  const { x: image, pad } = padded(toLast(x), window, LOWEST);
  return [toFirst(tf.maxPool(image, window.kernel, window.strides, pad))];
};

const averagePool: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const size = x.shape.slice(2);
  const window = windowOf(attributes, attributes.numbers('kernel_shape') ?? [], size);
  if (reachOut(attributes, window, size).some((more) => more > 0)) throw new Error('its last window is cut');
  const { x: image, pad } = padded(toLast(x), window);
  const sums = tf.avgPool(
    pad === 'valid' ? image : (tf.pad(image, [[0, 0], ...window.pads, [0, 0]]) as Tensor4D),
    window.kernel,
    window.strides,
    'valid',
  );
  if (pad === 'valid' || attributes.number('count_include_pad', 0) === 1) return [toFirst(sums)];
  // The mean over the pixels that exist: the same mean of ones says how many they are.
  const ones = tf.pad(tf.ones([1, size[0]!, size[1]!, 1]), [[0, 0], ...window.pads, [0, 0]]) as Tensor4D;
  return [toFirst(sums.div(tf.avgPool(ones, window.kernel, window.strides, 'valid')))];
};

export const convolutionOperators: Record<string, Operator> = {
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (inputs) => [inputs.tensor(0).mean([2, 3], true)],
  GlobalMaxPool: (inputs) => [inputs.tensor(0).max([2, 3], true)],
};
