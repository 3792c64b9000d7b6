import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { interpolationMatrix } from '../noise/interpolation';

/**
 * Bilinear resizing with half-pixel centres and clamped edges (PyTorch's `align_corners=False`), to any size. Two matrix
 * products, because the gradient of TensorFlow.js' resizeBilinear disregards half-pixel centres on some backends.
 * @param x [batch, h, w, c] @returns [batch, height, width, c]
 */
export function resizeBilinear(x: Tensor4D, height: number, width: number): Tensor4D {
  const [batch, h, w, c] = x.shape;
  if (h === height && w === width) return x;
  return tf.tidy(() => {
    const rows = along(x.transpose([1, 0, 2, 3]), h, height).reshape([height, batch, w, c]);
    const columns = along(rows.transpose([2, 1, 0, 3]), w, width).reshape([width, batch, height, c]);
    return columns.transpose([1, 2, 0, 3]) as Tensor4D;
  });
}

/** Interpolates along the first dimension. @returns [to, the rest] */
function along(x: Tensor, from: number, to: number): Tensor {
  const matrix = tf.tensor2d(interpolationMatrix(from, to), [from, to]);
  return tf.matMul(matrix, x.reshape([from, -1]), true);
}
