/**
 * @file The paper's open question 6.1: noise around a mean that is learned too. The view is x + mu + sigma eps. What mu may do that
 * noise may not is carry information: these functions tell by how much it does.
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

/** How far the embedding moves (cosine distance) under a view and under its parts. */
export interface MeanDistances {
  /** Of x + mu + sigma eps. */
  both: number;
  /** Of x + mu: the noise taken away. */
  mean: number;
  /** Of x + sigma eps: the mean taken away. */
  noise: number;
}

/** Half of the change: from here on the mean decides more than the noise. */
const DECIDES = 0.5;
/** A tenth more contrast, or noise that would do more than half again as much without the mean. */
const RAISES = 0.1;
const RESCUES = 1.5;

/**
 * Whether a learned mean does what the noise was meant to do, as sentences; none where it does not.
 * @param gain see `meanGain`
 */
export function meanShortcuts({ both, mean, noise }: MeanDistances, gain: number): string[] {
  const found: string[] = [];
  if (mean > DECIDES * both) found.push('the mean alone changes the embedding');
  if (gain > RAISES) found.push('the mean raises contrast');
  if (noise > RESCUES * both) found.push('the mean undoes the noise');
  return found;
}
