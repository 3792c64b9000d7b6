/**
 * @file The paper's open question 6.1: noise around a mean that is learned too. The view is x + mu + sigma eps. Unlike noise,
 * mu can carry information, or make an image louder than the noise.
 */
import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { upsampleEach } from './sampling';

/**
 * mu, the shift of the noise's mean. @param raw a network's answer, [batch, h, w, 3]
 * @param most a value's largest shift in normalised units, approached smoothly; null: without end
 * @returns [batch, height, width, 3]
 */
export function meanShift(raw: Tensor4D, most: number | null, height: number, width: number): Tensor4D {
  return tf.tidy(() => {
    const shift = upsampleEach(raw, height, width);
    return most === null ? shift : (shift.div(most).tanh().mul(most) as Tensor4D);
  });
}

/**
 * The slope of mu on x, by least squares over a batch: above 0 the mean raises contrast, so that the same noise hides less; below 0
 * it hides the image by itself. @param shift mu @param x normalised, as mu
 */
export function meanGain(shift: Tensor4D, x: Tensor4D): Scalar {
  return tf.tidy(() => {
    const centred = x.sub(x.mean([1, 2], true));
    return centred.mul(shift).sum().div(centred.square().sum()) as Scalar;
  });
}
