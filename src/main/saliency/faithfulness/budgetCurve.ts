/** @file What is left of the encoder's answers at a budget, when the noise is where the mask put it and when it is not. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { NoiseScale } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import type { Encoder } from '../../models/types';
import { noiseFractionOf } from '../../noise/budget';
import { noisyView, sigmaFrom, upsample } from '../../noise/sampling';

export const CURVE_BUDGETS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
/** The most noise of a pixel, times that of the mask: an encoder trained on noise keeps nearly every answer at once that. */
export const CURVE_STRENGTHS = [1, 2];

/** Three placements of noise of equal entropy. */
export interface Kept {
  /** Where the mask put it. */
  learned: number[];
  /** The same everywhere: the mean of q, and with it of log sigma and of Eq. 2, is that of the others. */
  uniform: number[];
  /** Where the mask put it in another image of the batch. */
  shuffled: number[];
}

/**
 * Whether the answer to each noisy view is that to the clean image: the same class, or for an encoder without a head the
 * cosine to the clean embedding.
 * @param x normalised images [batch, height, width, 3], two or more @param logOdds the mask's answer to x @param eps as x
 * @returns one value an image
 */
export async function keptAt(
  encoder: Encoder,
  x: Tensor4D,
  logOdds: Tensor4D,
  eps: Tensor4D,
  budget: number,
  scale: Pick<NoiseScale, 'sigmaMin' | 'sigmaMax'>,
): Promise<Kept> {
  const [batch, height, width] = x.shape;
  const answers = tf.tidy(() => {
    const q = noiseFractionOf(logOdds, budget, 'image');
    const others = tf.concat([q.slice([1], [batch - 1]), q.slice([0], [1])], 0) as Tensor4D;
    const clean = answerOf(encoder, x);
    return [q, tf.fill(q.shape, budget) as Tensor4D, others].map((fraction) => {
      const sigma = sigmaFrom(upsample(fraction, height, width), scale);
      return same(encoder, clean, answerOf(encoder, noisyView(x, sigma, eps)));
    });
  });
  const [learned, uniform, shuffled] = await Promise.all(
    answers.map(async (kept) => [...(await kept.data())]),
  );
  tf.dispose(answers);
  return { learned: learned!, uniform: uniform!, shuffled: shuffled! };
}

function answerOf(encoder: Encoder, x: Tensor4D): Tensor2D {
  return encoder.logits ? encoder.logits(x) : encoder.embed(x);
}

function same(encoder: Encoder, clean: Tensor2D, noisy: Tensor2D) {
  if (encoder.logits) return clean.argMax(1).equal(noisy.argMax(1)).toFloat();
  const unit = (z: Tensor2D) => z.div(z.norm(2, 1, true).add(1e-12));
  return unit(clean).mul(unit(noisy)).sum(1);
}
