/** @file The trial of an imported encoder: forward, backward, and the gradient against finite differences. */
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { Encoder } from './types';

export interface Trial {
  embeddingSize: number;
  /** How many class scores it gives; null: none. */
  classCount: number | null;
  /** How far its gradient is from finite differences, relative to these; null where there is none. */
  gradientError: number | null;
  /** Why it cannot be differentiated with respect to the image; null: it can. */
  forwardOnly: string | null;
}

/** Steps along which the gradient is compared with a difference: short ones drown in rounding, long ones cross kinks (ReLU, pooling). */
const STEPS = [0.003, 0.01, 0.05, 0.2];
const MOST_ERROR = 0.2;

/** Tries the encoder on one image, and disposes of it. @param size side of the image @throws Error if it cannot run forward */
export function tryOut(encoder: Encoder, size: number): Trial {
  tf.engine().startScope();
  try {
    // Any image with some structure: a constant one would hide dead gradients behind a zero.
    const x = tf
      .linspace(-1, 1, size * size * 3)
      .mul(37)
      .sin()
      .reshape([1, size, size, 3]) as Tensor4D;
    const z = encoder.embed(x);
    if (!z.dataSync().every(Number.isFinite)) throw new Error('its features are not finite numbers');
    return {
      embeddingSize: z.shape[1],
      classCount: encoder.logits?.(x).shape[1] ?? null,
      ...gradientOf(encoder, x),
    };
  } finally {
    tf.engine().endScope();
    encoder.dispose();
  }
}

/** Compares the gradient of a weighted sum of the features (their length is fixed behind a normalisation) with differences along its own direction. */
function gradientOf(encoder: Encoder, x: Tensor4D): Pick<Trial, 'gradientError' | 'forwardOnly'> {
  const strength = (image: Tensor) => {
    const z = encoder.embed(image as Tensor4D);
    return z
      .mul(
        tf
          .range(1, z.shape[1] + 1)
          .mul(37)
          .sin(),
      )
      .sum() as Scalar;
  };
  const none = (forwardOnly: string) => ({ gradientError: null, forwardOnly });
  let gradient: Tensor;
  try {
    gradient = tf.grad(strength)(x);
  } catch (error) {
    return none(error instanceof Error ? error.message.split('\n', 1)[0]! : String(error));
  }
  const length = gradient.norm();
  const expected = length.dataSync()[0]!;
  if (!Number.isFinite(expected) || expected === 0)
    return none('its features do not depend on the image in a way that can be differentiated');
  const direction = gradient.div(length);
  const at = (step: number) => strength(x.add(direction.mul(step)));
  const errors = STEPS.map((step) => {
    const difference = at(step)
      .sub(at(-step))
      .div(2 * step);
    return Math.abs(difference.dataSync()[0]! - expected) / expected;
  });
  const gradientError = Math.min(...errors);
  return gradientError < MOST_ERROR
    ? { gradientError, forwardOnly: null }
    : none(`its gradient is ${Math.round(100 * gradientError)} % off finite differences`);
}
