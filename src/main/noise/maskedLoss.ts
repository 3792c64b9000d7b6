/** @file The paper's idea on one screen: image -> noise map -> noisy view -> embedding -> how far it moved. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { MaskKind, NoiseScale } from '../../contract/noiseMap';
import type { ObjectiveName } from '../../contract/types';
import { type Budget, noiseFractionOf } from './budget';
import { maskLoss } from './objectives';
import { noisyView, sigmaFrom, upsample } from './sampling';

export interface Masking {
  mask: MaskKind;
  /** The mask model: images [batch, height, width, 3] -> a, [batch, h, w, 1]. */
  logOdds: (x: Tensor4D) => Tensor4D;
  /** The frozen encoder: images -> embeddings (class scores for KL), [batch, n]. */
  embed: (x: Tensor4D) => Tensor2D;
  scale: Pick<NoiseScale, 'sigmaMin' | 'sigmaMax'>;
  objective: ObjectiveName;
  temperature: number;
}

export interface MaskingBatch {
  /** Clean images, normalised. */
  x: Tensor4D;
  /** What the encoder answers to them. */
  clean: Tensor2D;
  /** Standard normals, as x. */
  eps: Tensor4D;
  /** The mean of q that this batch must have. */
  budget: Budget;
}

/**
 * The loss of a mask model on one batch. One shift serves the batch of a positive mask, because images differ in how much they can
 * lose; a negative mask has one an image (docs/method.md 3).
 * @returns the loss, q [batch, h, w, 1] and the noisy views' embeddings
 */
export function maskedLoss(
  masking: Masking,
  batch: MaskingBatch,
): { loss: Scalar; q: Tensor4D; noisy: Tensor2D } {
  const scope = masking.mask === 'positive' ? 'batch' : 'image';
  return lossUnder(masking, batch, noiseFractionOf(masking.logOdds(batch.x), batch.budget, scope));
}

/**
 * The loss under a given noise fraction. @param q [batch, h, w, 1]
 * @returns the loss, q, sigma [batch, height, width, 1] and the noisy views' embeddings
 */
export function lossUnder(
  { mask, embed, scale, objective, temperature }: Omit<Masking, 'logOdds'>,
  { x, clean, eps }: Omit<MaskingBatch, 'budget'>,
  q: Tensor4D,
): { loss: Scalar; q: Tensor4D; sigma: Tensor4D; noisy: Tensor2D } {
  const [, height, width] = x.shape;
  const sigma = sigmaFrom(upsample(q, height, width), scale);
  const noisy = embed(noisyView(x, sigma, eps));
  return { loss: maskLoss(mask, objective, clean, noisy, temperature), q, sigma, noisy };
}
