import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { convolve } from './layers';

/**
 * A 'same' 3 x 3 convolution whose taps lie `dilation` pixels apart. TensorFlow.js has no gradient for it, so every one of
 * the dilation^2 phases of the image is convolved as an image of its own, in which those taps are neighbours.
 * @param x [batch, h, w, in] @param filter [3, 3, in, out] @param bias [out]
 */
export function convolveDilated(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, dilation: number): Tensor4D {
  if (dilation === 1) return convolve(x, filter, bias);
  const [batch, h, w] = x.shape;
  const [, , from, to] = filter.shape;
  // No other tap reaches into the image.
  if (dilation >= h && dilation >= w) return convolve(x, filter.slice([1, 1, 0, 0], [1, 1, from, to]), bias);
  return tf.tidy(() => {
    const [tall, wide] = [Math.ceil(h / dilation), Math.ceil(w / dilation)];
    const padded = x.pad([
      [0, 0],
      [0, tall * dilation - h],
      [0, wide * dilation - w],
      [0, 0],
    ]);
    const rows = split(padded, batch, tall, dilation, wide * dilation * from);
    const phases = split(rows, batch * dilation * tall, wide, dilation, from);
    // Zeros beyond the image are what 'same' takes there, so the padding changes nothing.
    const y = convolve(
      phases.reshape([dilation * dilation * batch, tall, wide, from]) as Tensor4D,
      filter,
      bias,
    );
    const columns = join(y, batch * dilation * tall, wide, dilation, to);
    const whole = join(columns, batch, tall, dilation, wide * dilation * to);
    return whole
      .reshape([batch, tall * dilation, wide * dilation, to])
      .slice([0, 0, 0, 0], [batch, h, w, to]) as Tensor4D;
  });
}

/** [outer, count * phases, inner] to [phases, outer, count, inner]. */
function split(x: Tensor, outer: number, count: number, phases: number, inner: number): Tensor {
  return x.reshape([outer, count, phases, inner]).transpose([2, 0, 1, 3]);
}

/** The reverse of `split`. */
function join(x: Tensor, outer: number, count: number, phases: number, inner: number): Tensor {
  return x.reshape([phases, outer, count, inner]).transpose([1, 2, 0, 3]);
}
