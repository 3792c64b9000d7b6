/** @file The paper's soft form of the entropy regularisation (5.2), as an alternative to the hard budget. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { gaussianEntropy } from './entropy';
import { type Masking, type MaskingBatch, maskedLoss } from './maskedLoss';
import { maskLoss } from './objectives';
import { noisyView, sigmaFrom, upsample } from './sampling';

/** The loss under the hard budget, or under a soft penalty where there is one. */
export function regularisedLoss(
  masking: Masking,
  batch: MaskingBatch,
  softPenalty: number | undefined,
): { loss: Scalar; q: Tensor4D; noisy: Tensor2D } {
  return softPenalty === undefined ? maskedLoss(masking, batch) : softMaskedLoss(masking, batch, softPenalty);
}

/**
 * The loss d - lambda H of a positive mask, -d + lambda H of a negative one. H is Eq. 2 a value of the image, in nats, so
 * that lambda means the same at every size. Nothing fixes how noisy an image becomes: q = sigmoid(a).
 * @returns the loss, q [batch, h, w, 1] and the noisy views' embeddings
 */
function softMaskedLoss(
  { mask, logOdds, embed, scale, objective, temperature }: Masking,
  { x, clean, eps }: Omit<MaskingBatch, 'budget'>,
  lambda: number,
): { loss: Scalar; q: Tensor4D; noisy: Tensor2D } {
  const [, height, width] = x.shape;
  const q = logOdds(x).sigmoid() as Tensor4D;
  const sigma = sigmaFrom(upsample(q, height, width), scale);
  const noisy = embed(noisyView(x, sigma, eps));
  const entropy = tf.tidy(() =>
    gaussianEntropy(sigma.log().mul(2))
      .mean()
      .div(height * width),
  );
  const penalty = entropy.mul(mask === 'positive' ? -lambda : lambda);
  const loss = maskLoss(mask, objective, clean, noisy, temperature).add(penalty) as Scalar;
  return { loss, q, noisy };
}
