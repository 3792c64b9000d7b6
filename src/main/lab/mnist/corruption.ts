/** @file What the encoder sees in place of a digit: the rows of table 2. */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { sparsity } from '../../noise/adios';
import { noiseFractionOf } from '../../noise/budget';
import type { Random } from '../../noise/random';
import { sigmaFrom } from '../../noise/sampling';
import { PIXELS } from './digits';

export type Corruption =
  | { kind: 'none' }
  /** Every pixel zeroed with a probability (Vincent et al. 2010). */
  | { kind: 'zeroing'; share: number }
  /** The same Gaussian noise at every pixel. */
  | { kind: 'gaussian'; sigma: number }
  /** Gaussian noise as the mask model places it, with `sigma` as the geometric mean over each digit: the entropy of the row above. */
  | { kind: 'learned'; sigma: number; against: boolean }
  /** One of N real-valued masks that add up to one, multiplied (Shi et al. 2022). */
  | { kind: 'adios' };

/** sigma of one pixel lies within this factor of the geometric mean. */
export const RANGE = 4;
export const MASKS = 4;
const LAMBDA = 0.05;

/** Length of the mask model's answer; 0 where there is none. */
export function maskOutputs({ kind }: Corruption): number {
  return kind === 'learned' ? PIXELS : kind === 'adios' ? MASKS * PIXELS : 0;
}

export interface Corrupted {
  view: Tensor2D;
  /** What the mask model pays beside its part in the loss. */
  penalty?: Scalar;
}

/**
 * @param x [batch, 784] @param maskModel digits to one answer a pixel (of N masks, mask by mask)
 * @param draws standard normals [batch, 784], or uniform ones for `zeroing` @param chosen which of the N masks
 */
export function corrupted(
  corruption: Corruption,
  x: Tensor2D,
  maskModel: ((x: Tensor2D) => Tensor2D) | null,
  draws: Tensor2D | null,
  chosen: number,
): Corrupted {
  switch (corruption.kind) {
    case 'none':
      return { view: x };
    case 'zeroing':
      return { view: x.mul(draws!.greaterEqual(corruption.share).toFloat()) as Tensor2D };
    case 'gaussian':
      return { view: x.add(draws!.mul(corruption.sigma)) as Tensor2D };
    case 'learned': {
      const { sigma, against } = corruption;
      const a = maskModel!(x);
      const sigmas = learnedSigma(against ? reversed(a) : a, sigma);
      return { view: x.add(draws!.mul(sigmas)) as Tensor2D };
    }
    case 'adios': {
      const answers = maskModel!(x);
      const masks = masksOf(reversed(answers));
      const one = masks.slice([0, chosen, 0], [-1, 1, -1]).reshape(x.shape);
      const penalty = sparsity(masksOf(answers).transpose([0, 2, 1]).expandDims(2)).mul(LAMBDA) as Scalar;
      return { view: x.mul(tf.sub(1, one)) as Tensor2D, penalty };
    }
  }
}

/** sigma of every pixel: the mean of log sigma over a digit is log of the given one, exactly. @param a [batch, 784] */
export function learnedSigma(a: Tensor2D, sigma: number): Tensor2D {
  return tf.tidy(() => {
    const q = noiseFractionOf(a.expandDims(2).expandDims(3), 0.5, 'image');
    return sigmaFrom(q, { sigmaMin: sigma / RANGE, sigmaMax: sigma * RANGE }).reshape(a.shape) as Tensor2D;
  });
}

/** @param answers [batch, N 784] @returns [batch, N, 784], adding up to one over N */
export function masksOf(answers: Tensor2D): Tensor {
  return tf.tidy(() =>
    tf.softmax(answers.reshape([-1, MASKS, PIXELS]).transpose([0, 2, 1])).transpose([0, 2, 1]),
  );
}

/** The same value with the gradient's sign turned round: one step then lowers the loss for the autoencoder and raises it for the mask. */
export function reversed<T extends Tensor>(x: T): T {
  const turn = tf.customGrad((input) => ({
    value: (input as Tensor).clone(),
    gradFunc: (dy: Tensor) => [dy.neg()],
  }));
  return turn(x) as T;
}

/** What `corrupted` draws, by counter. @returns [batch, 784]; null where nothing is drawn */
export function drawsFor({ kind }: Corruption, batch: number, random: Random): Tensor2D | null {
  if (kind === 'none' || kind === 'adios') return null;
  const values = new Float32Array(batch * PIXELS);
  if (kind === 'zeroing') for (let i = 0; i < values.length; i++) values[i] = random.uniform();
  else random.normals(values);
  return tf.tensor2d(values, [batch, PIXELS]);
}
