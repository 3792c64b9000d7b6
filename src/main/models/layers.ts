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
  const kernel = filter.shape[0];
  const padded = [1, 2].reduce((y, axis) => {
    const length = y.shape[axis]!;
    const more = Math.max((Math.ceil(length / stride) - 1) * stride + kernel - length, 0);
    return repeatEdges(y, axis, more >> 1, more - (more >> 1));
  }, x);
  const y = tf.conv2d(padded, filter, stride, 'valid');
  return bias ? (y.add(bias) as Tensor4D) : y;
}

/**
 * The first and the last row (axis 1) or column (axis 2) again, so many times. The gradient is written out: that of a slice is as large as
 * what it was cut from, with zeros around, and there are two to add to the whole.
 */
function repeatEdges(x: Tensor4D, axis: number, before: number, after: number): Tensor4D {
  if (before + after === 0) return x;
  const length = x.shape[axis]!;
  const part = (y: Tensor, from: number, count: number) => {
    const [begin, size] = [[0, 0, 0, 0], [...y.shape]];
    begin[axis] = from;
    size[axis] = count;
    return y.slice(begin, size);
  };
  const repeat = tf.customGrad((input) => {
    const edge = (at: number, count: number) =>
      Array.from({ length: count }, () => part(input as Tensor, at, 1));
    return {
      value: tf.concat([...edge(0, before), input as Tensor, ...edge(length - 1, after)], axis),
      gradFunc: (dy: Tensor) => {
        if (length === 1) return dy.sum(axis, true);
        const first = part(dy, 0, before + 1).sum(axis, true);
        const last = part(dy, before + length - 1, after + 1).sum(axis, true);
        const between = length > 2 ? [part(dy, before + 1, length - 2)] : [];
        return tf.concat([first, ...between, last], axis);
      },
    };
  });
  return repeat(x) as Tensor4D;
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
 * Every pixel twice in each direction, cut to the size asked for (nearest neighbour). Written with concatenations,
 * because the gradient of TensorFlow.js' resizeNearestNeighbor is wrong on its cpu backend.
 */
export function doubleSize(x: Tensor4D, height: number, width: number): Tensor4D {
  const [batch, h, w, c] = x.shape;
  const twice = (y: Tensor, length: number) => {
    const column = y.reshape([-1, 1, length]);
    return tf.concat([column, column], 1);
  };
  const doubled = twice(twice(x, c), 2 * w * c).reshape([batch, 2 * h, 2 * w, c]);
  const fits = 2 * h === height && 2 * w === width;
  return (fits ? doubled : doubled.slice([0, 0, 0, 0], [batch, height, width, c])) as Tensor4D;
}
