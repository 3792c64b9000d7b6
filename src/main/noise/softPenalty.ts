/** @file The paper's soft form of the entropy regularisation (5.2), as an alternative to the hard budget. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { Budget } from './budget';
import { gaussianEntropy, LOG_VARIANCE_FLOOR } from './entropy';
import { lossUnder, type Masking, type MaskingBatch, maskedLoss } from './maskedLoss';

/**
 * What a pixel's noise is kept under where no budget holds it: `sigmoid` bends towards sigmaMax, `clamp` cuts off there as the paper
 * does (6.2), `none` lets it grow.
 */
export type Ceiling = 'sigmoid' | 'clamp' | 'none';

/** The loss under the hard budget, or under a soft penalty where there is one. */
export function regularisedLoss(
  masking: Masking,
  batch: MaskingBatch,
  softPenalty: number | undefined,
): { loss: Scalar; q: Tensor4D; noisy: Tensor2D } {
  return softPenalty === undefined ? maskedLoss(masking, batch) : penalisedLoss(masking, batch, softPenalty);
}

/**
 * The loss d - lambda H of a positive mask, -d + lambda H of a negative one. H is Eq. 2 a value of the image, in nats, so
 * that lambda means the same at every size. Nothing fixes how noisy an image becomes.
 * @returns the loss, q [batch, h, w, 1] and the noisy views' embeddings
 */
export function penalisedLoss(
  masking: Masking,
  batch: Omit<MaskingBatch, 'budget'>,
  lambda: number,
  ceiling: Ceiling = 'sigmoid',
): { loss: Scalar; q: Tensor4D; noisy: Tensor2D } {
  const { mask, logOdds, scale } = masking;
  const [, height, width] = batch.x.shape;
  const { loss, q, sigma, noisy } = lossUnder(masking, batch, freeFraction(logOdds(batch.x), scale, ceiling));
  const entropy = tf.tidy(() =>
    gaussianEntropy(sigma.log().mul(2))
      .mean()
      .div(height * width),
  );
  const penalty = entropy.mul(mask === 'positive' ? -lambda : lambda);
  return { loss: loss.add(penalty) as Scalar, q, noisy };
}

/** Only here so that numbers stay finite: sigma is then tens of thousands of times what any pixel holds. */
const FINITE = 4;

/**
 * The noise fraction that a mask model's answer means by itself. Without a sigmoid it is a + 1/2, so that training begins with the
 * same noise; it ends below where Eq. 2 stops counting.
 * @param a [batch, h, w, 1] @returns q, same shape: in (0, 1) for `sigmoid`; up to 1 for `clamp`; above it for `none`
 */
export function freeFraction(a: Tensor4D, scale: Masking['scale'], ceiling: Ceiling): Tensor4D {
  if (ceiling === 'sigmoid') return a.sigmoid();
  const highest = ceiling === 'clamp' ? 1 : FINITE;
  return tf.tidy(() => a.add(0.5).clipByValue(leastFraction(scale), highest) as Tensor4D);
}

/**
 * The noise fraction of a fixed entropy without a largest sigma: the mean of log sigma over every image is set, and nothing keeps one
 * pixel from taking it all. @param a [batch, h, w, 1] @returns q, same shape
 */
export function fixedFraction(a: Tensor4D, scale: Masking['scale'], budget: Budget): Tensor4D {
  return tf.tidy(
    () =>
      a
        .sub(a.mean([1, 2], true))
        .add(budget)
        .clipByValue(leastFraction(scale), FINITE) as Tensor4D,
  );
}

/** q where Eq. 2 stops counting. */
const leastFraction = ({ sigmaMin, sigmaMax }: Masking['scale']): number =>
  (LOG_VARIANCE_FLOOR / 2 - Math.log(sigmaMin)) / Math.log(sigmaMax / sigmaMin);
