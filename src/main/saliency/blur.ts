import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';

/**
 * Gaussian blur along both sides; at the edges the part of the kernel that lies inside is what counts.
 * @param maps [batch, height, width, channels] @param sigma in pixels
 */
export function gaussianBlur(maps: Tensor4D, sigma: number): Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width, channels] = maps.shape;
    // As matrix products: an edge-aware kernel costs nothing extra, and any channel count goes.
    const rows = tf
      .tensor2d(kernelMatrix(height, sigma), [height, height])
      .matMul(maps.transpose([1, 0, 2, 3]).reshape([height, -1]))
      .reshape([height, batch, width, channels])
      .transpose([2, 1, 0, 3]);
    return tf
      .tensor2d(kernelMatrix(width, sigma), [width, width])
      .matMul(rows.reshape([width, -1]))
      .reshape([width, batch, height, channels])
      .transpose([1, 2, 0, 3]) as Tensor4D;
  });
}

/** Row i: the weights of all places at place i. They sum to one. */
function kernelMatrix(length: number, sigma: number): Float32Array {
  const matrix = new Float32Array(length * length);
  for (let i = 0; i < length; i++) {
    const row = matrix.subarray(i * length, (i + 1) * length);
    let sum = 0;
    for (let j = 0; j < length; j++) sum += row[j] = Math.exp(-((i - j) ** 2) / (2 * sigma * sigma));
    for (let j = 0; j < length; j++) row[j]! /= sum;
  }
  return matrix;
}
