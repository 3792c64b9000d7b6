import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';

/** Eq. 2 clips the log variance here, because differential entropy falls without end as the variance goes to zero. */
export const LOG_VARIANCE_FLOOR = -10;

/**
 * Eq. 2: H = D/2 (1 + log 2 pi) + 1/2 sum_i max(log Var(x_i), -10), the entropy of a Gaussian with diagonal
 * covariance, in nats. Bits per pixel of the 8-bit reading are `entropyBits` in contract/noiseMap.
 * @param logVariance [batch, ...]; D is the number of values of one image
 * @returns [batch]
 */
export function gaussianEntropy(logVariance: Tensor): Tensor1D {
  return tf.tidy(() => {
    const [batch = 1] = logVariance.shape;
    const flat = logVariance.reshape([batch, -1]);
    const constant = (flat.shape[1]! / 2) * (1 + Math.log(2 * Math.PI));
    return flat.maximum(LOG_VARIANCE_FLOOR).sum(1).mul(0.5).add(constant) as Tensor1D;
  });
}

/**
 * log Var of every value of an image under a noise map.
 * @param sigma [batch, height, width, 1], one for the three channels
 * @returns [batch, height, width, 3]
 */
export function logVarianceOf(sigma: Tensor4D): Tensor4D {
  return tf.tidy(() => sigma.log().mul(2).tile([1, 1, 1, 3]) as Tensor4D);
}
