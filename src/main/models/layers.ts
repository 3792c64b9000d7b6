/** @file Layers that TensorFlow.js' functional API lacks, and how weights begin. */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { NamedArrays } from './spec';

/** Anything that gives standard normals, so that a model begins the same for the same seed. */
export interface NormalSource {
  normals(out: Float32Array, scale?: number): Float32Array;
}

const EPSILON = 1e-5;

/** He initialisation: normal with variance 2 / fan-in, times `gain`; fan-in is all dimensions but the last. */
export function heNormal(shape: number[], random: NormalSource, gain = 1): NamedArrays[string] {
  const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const values = new Float32Array(fanIn * shape.at(-1)!);
  return { shape, values: random.normals(values, gain * Math.sqrt(2 / fanIn)) };
}

export function constant(length: number, value: number): NamedArrays[string] {
  return { shape: [length], values: new Float32Array(length).fill(value) };
}

/** 'same' convolution. @param x [batch, h, w, in] @param filter [kh, kw, in, out] */
export function convolve(x: Tensor4D, filter: Tensor4D, bias: Tensor1D | null, stride = 1): Tensor4D {
  const y = tf.conv2d(x, filter, stride, 'same');
  return bias ? (y.add(bias) as Tensor4D) : y;
}

/**
 * The same convolution with the border's pixels repeated outwards instead of zeros: zeros tell a network where the border
 * is, and a mask that knows draws frames (docs/method.md 5).
 */
export function convolveRepeating(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | null,
  stride = 1,
): Tensor4D {
  const [kernel] = filter.shape;
  const border = ([1, 2] as const).map((axis) => {
    const length = x.shape[axis];
    const more = Math.max((Math.ceil(length / stride) - 1) * stride + kernel - length, 0);
    return [more >> 1, more - (more >> 1)] as const;
  });
  const y = tf.conv2d(repeatEdges(x, border), filter, stride, 'valid');
  return bias ? (y.add(bias) as Tensor4D) : y;
}

type Border = readonly (readonly [number, number])[];

/**
 * x with its first and last rows and columns again, so many times. To mirror an image one pixel deep is to repeat its edge. The gradient
 * is written out, because TensorFlow.js cuts off what the border received: it belongs to the edge.
 * @param border [before, after] of rows and columns
 */
function repeatEdges(x: Tensor4D, border: Border): Tensor4D {
  const once = border.map(([before, after]) => [Math.min(before, 1), Math.min(after, 1)] as const);
  if (!once.flat().includes(1)) return x;
  const repeat = tf.customGrad((input) => ({
    value: tf.mirrorPad(input as Tensor4D, [[0, 0], ...once, [0, 0]] as [number, number][], 'symmetric'),
    gradFunc: (dy: Tensor) => foldEdges(foldEdges(dy, 2, once[1]!), 1, once[0]!),
  }));
  const rest = border.map(([before, after], i) => [before - once[i]![0], after - once[i]![1]] as const);
  return repeatEdges(repeat(x) as Tensor4D, rest);
}

/** Adds the first and the last row (axis 1) or column (axis 2), as many of each as were repeated, to those beside them. */
function foldEdges(dy: Tensor, axis: number, [before, after]: readonly [number, number]): Tensor {
  const length = dy.shape[axis]! - before - after;
  if (before + after === 0) return dy;
  if (length === 1) return dy.sum(axis, true);
  const part = (from: number, count: number) => {
    const [begin, size] = [[0, 0, 0, 0], [...dy.shape]];
    begin[axis] = from;
    size[axis] = count;
    return dy.slice(begin, size);
  };
  const first = part(0, before + 1).sum(axis, true);
  const last = part(before + length - 1, after + 1).sum(axis, true);
  const between = length > 2 ? [part(before + 1, length - 2)] : [];
  return tf.concat([first, ...between, last], axis);
}

/**
 * Group normalisation (Wu and He 2018): every group of channels of an image has mean 0 and variance 1, then a gain
 * and an offset a channel. The gradient is written out, as that of `batchNorm` is: with x^ = (x - mean) r,
 * dx = r (gain dy - mean(gain dy) - x^ mean(gain dy x^)), means over the group; what has to be summed over the image are dy and
 * dy x^ alone.
 * @param x [batch, h, w, c] with c a multiple of `groups` @param gain [c] @param offset [c]
 */
export function groupNorm(x: Tensor4D, groups: number, gain: Tensor1D, offset: Tensor1D): Tensor4D {
  const [batch, , , channels] = x.shape;
  /** Means over the pixels to means over the group, the same for all of its channels. @param means [batch, channels] */
  const overGroup = (means: Tensor) =>
    means
      .reshape([batch, groups, channels / groups])
      .mean(2, true)
      .tile([1, 1, channels / groups])
      .reshape([batch, 1, 1, channels]);
  const normalise = tf.customGrad((...inputs) => {
    const [input, g, o, save] = inputs as [Tensor4D, Tensor1D, Tensor1D, (tensors: Tensor[]) => void];
    const centred = input.sub(overGroup(input.mean([1, 2])));
    const inverse = overGroup(centred.square().mean([1, 2]))
      .add(EPSILON)
      .rsqrt();
    save([centred, g, inverse]);
    return {
      value: centred.mul(inverse.mul(g)).add(o),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [c, gainSaved, r] = saved as [Tensor, Tensor, Tensor];
        const ofDy = dy.mean([1, 2]);
        const ofProduct = dy
          .mul(c)
          .mean([1, 2])
          .mul(r.reshape([batch, channels]));
        const pixels = dy.shape[1]! * dy.shape[2]!;
        const scale = r.mul(gainSaved);
        const constant = r.mul(overGroup(ofDy.mul(gainSaved)));
        const slope = r.square().mul(overGroup(ofProduct.mul(gainSaved)));
        return [
          dy.mul(scale).sub(constant).sub(c.mul(slope)),
          ofProduct.sum(0).mul(pixels),
          ofDy.sum(0).mul(pixels),
        ];
      },
    };
  });
  return tf.tidy(() => normalise(x, gain, offset) as Tensor4D);
}

/**
 * Batch normalisation while training (Ioffe and Szegedy 2015). The gradient is written out: through single operations
 * it takes three times as many passes over the activations.
 * @param x [batch, h, w, c] @param gain [c] @param offset [c]
 * @param observe receives mean and variance of the batch, [c] each, to keep or dispose
 */
export function batchNorm(
  x: Tensor4D,
  gain: Tensor1D,
  offset: Tensor1D,
  observe: (mean: Tensor1D, variance: Tensor1D) => void,
): Tensor4D {
  const normalise = tf.customGrad((...inputs) => {
    const [input, g, , save] = inputs as [Tensor4D, Tensor1D, Tensor1D, (tensors: Tensor[]) => void];
    const mean = input.mean([0, 1, 2]) as Tensor1D;
    const centred = input.sub(mean);
    const variance = centred.square().mean([0, 1, 2]) as Tensor1D;
    const inverse = variance.add(EPSILON).rsqrt();
    observe(mean, variance);
    const unit = centred.mul(inverse);
    save([unit, g, inverse]);
    return {
      value: unit.mul(g).add(inputs[2] as Tensor1D),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [u, gainSaved, inv] = saved as [Tensor, Tensor, Tensor];
        const count = u.size / u.shape[3]!;
        const offsetGradient = dy.sum([0, 1, 2]);
        const gainGradient = dy.mul(u).sum([0, 1, 2]);
        const inner = dy.sub(offsetGradient.div(count)).sub(u.mul(gainGradient.div(count)));
        return [inner.mul(gainSaved.mul(inv)), gainGradient, offsetGradient];
      },
    };
  });
  return normalise(x, gain, offset) as Tensor4D;
}

/** The variance added under the root by `batchNorm`, needed to fold it into a convolution. */
export const BATCH_NORM_EPSILON = EPSILON;

/** Mean over height and width. @returns [batch, c] */
export function globalMean(x: Tensor4D): Tensor {
  return x.mean([1, 2]);
}

/**
 * Every pixel twice in each direction, cut to the size asked for (nearest neighbour). The gradient is written out, because that of
 * TensorFlow.js' resizeNearestNeighbor is wrong on its cpu backend: each pixel receives what its four copies do.
 */
export function doubleSize(x: Tensor4D, height: number, width: number): Tensor4D {
  const [batch, h, w, c] = x.shape;
  const double = tf.customGrad((input) => ({
    value: tf.image.resizeNearestNeighbor(input as Tensor4D, [2 * h, 2 * w]),
    gradFunc: (dy: Tensor) => tf.avgPool(dy as Tensor4D, 2, 2, 'valid').mul(4),
  }));
  const doubled = double(x) as Tensor4D;
  const fits = 2 * h === height && 2 * w === width;
  return fits ? doubled : doubled.slice([0, 0, 0, 0], [batch, height, width, c]);
}
