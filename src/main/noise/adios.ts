/** @file How ADIOS trains its masks: each of N must upset the encoder, and none may be empty or cover everything. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { cosineDistance } from './objectives';
import { upsampleEach } from './sampling';

/** How many masks share an image, and what their sparsity costs. */
export const ADIOS = { masks: 4, lambda: 0.1 } as const;

export interface AdiosBatch {
  /** Normalised images. */
  x: Tensor4D;
  /** What the encoder answers to them. */
  clean: Tensor2D;
  /** What black is in normalised units, a channel: -mean / std. */
  black: [number, number, number];
}

/** Images multiplied by 1 - mask in 8-bit units: they go to black where the mask is 1. @param mask [batch, height, width, 1] */
export function darkened(x: Tensor4D, mask: Tensor4D, black: [number, number, number]): Tensor4D {
  return tf.tidy(() => {
    const floor = tf.tensor1d(black);
    return x.sub(floor).mul(tf.sub(1, mask)).add(floor) as Tensor4D;
  });
}

/**
 * lambda mean_i 1 / sin(pi mean m_i) - d(z(x), z(x (1 - m_i))), the distance of one mask a step in place of the mean over all.
 * @param masks that add up to one at every pixel, [batch, height, width, N] @param chosen the mask of this step
 */
export function adiosLoss(
  masks: Tensor4D,
  embed: (x: Tensor4D) => Tensor2D,
  { x, clean, black }: AdiosBatch,
  lambda: number,
  chosen: number,
): Scalar {
  return tf.tidy(() => {
    const mask = masks.slice([0, 0, 0, chosen], [-1, -1, -1, 1]);
    const moved = cosineDistance(clean, embed(darkened(x, mask, black)));
    return sparsity(masks).mul(lambda).sub(moved) as Scalar;
  });
}

/** softmax over the N maps of a network, at the size of the image. @returns [batch, size, size, N] */
export function adiosMasks(answer: Tensor4D, size: number): Tensor4D {
  return tf.tidy(() => tf.softmax(upsampleEach(answer, size, size)) as Tensor4D);
}

/** mean over images and masks of 1 / sin(pi mean m): least where a mask covers half, without end towards none or all. */
export function sparsity(masks: Tensor4D): Scalar {
  return tf.tidy(() => tf.div(1, masks.mean([1, 2]).mul(Math.PI).sin().maximum(1e-3)).mean() as Scalar);
}
