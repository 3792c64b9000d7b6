import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { createMaskModel, type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import { AdamW } from '../../models/optimizer';
import { HIDDEN, projectionWeights } from '../../models/simclr';
import type { NamedArrays } from '../../models/spec';
import { noiseFractionOf } from '../../noise/budget';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';
import type { EncoderJob, JobContext, JobResult } from '../protocol';
import type { StepReport } from './loop';
import { type Beside, type EncoderStep, trainOwnEncoder } from './ownEncoder';
import { augmentedBatch, contrast, withoutProjection } from './simclr';

const MASK_MODEL = 'unet-small';
const MASK_RATE = 3e-3;
/** Budgets of the adversary: those a negative mask is trained for. */
export const BUDGETS: [number, number] = [0.2, 0.6];
/** The least noise, as a share of the most. */
export const LEAST_NOISE = 0.02;
const PREFIX = 'adversary.';

/**
 * Eq. 1 of the paper: min over E, max over M of L(z, z_m). The encoder learns to know an image under augmentation and noise;
 * the mask model learns to place the same amount of noise where that is hardest. They are trained in turn, and what is
 * kept is the encoder.
 */
export async function trainMinMax(job: EncoderJob, context: JobContext): Promise<JobResult> {
  const { size, seed } = job.config;
  const adversary = new Adversary(seed);
  try {
    const trained = await trainOwnEncoder(job, context, {
      outputs: HIDDEN,
      more: projectionWeights,
      beside: adversary,
      step: () => (now) => minMaxStep(now, adversary, context, size),
    });
    return await withoutProjection(trained, context, size);
  } finally {
    adversary.dispose();
  }
}

/** The mask model M, with an optimizer of its own. */
export class Adversary implements Beside {
  readonly #seed: number;
  #model: MaskModel | null = null;
  #optimizer: AdamW | null = null;

  constructor(seed: number) {
    this.#seed = seed;
  }

  begin(steps: number, kept: NamedArrays | undefined): void {
    const own = kept && ownArrays(kept);
    const weights =
      own && Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith('adam.')));
    this.#model = weights
      ? maskModelFromSpec({ model: MASK_MODEL, channels: [], weights })
      : createMaskModel(MASK_MODEL, new Random(this.#seed, 0, 'adversary'));
    this.#optimizer = new AdamW(this.#model.variables, { learningRate: MASK_RATE, steps }, own);
  }

  /** x + sigma eps with the mean of q at the budget in every image. @param highest sigma at q = 1 */
  noisy(x: Tensor4D, eps: Tensor4D, budget: number, highest: number): Tensor4D {
    const [, height, width] = x.shape;
    const scale = { sigmaMin: LEAST_NOISE * highest, sigmaMax: highest };
    return tf.tidy(() => {
      const q = noiseFractionOf(this.#model!.trainingLogOdds(x), budget, 'image');
      return noisyView(x, sigmaFrom(upsample(q, height, width), scale), eps);
    });
  }

  /**
   * The views that it is trained by: a draw of noise, and its mirror image. What a draw does to the loss to first order says nothing of
   * how strong noise should be, and outweighs what does; in the mean over both it cancels (docs/decisions/0019).
   */
  mirrored(x: Tensor4D, eps: Tensor4D, budget: number, highest: number): [Tensor4D, Tensor4D] {
    return [this.noisy(x, eps, budget, highest), this.noisy(x, eps.neg() as Tensor4D, budget, highest)];
  }

  /** What it would hide in clean images. @returns [batch, h, w, 1] */
  logOdds(x: Tensor4D): Tensor4D {
    return this.#model!.logOdds(x);
  }

  /** One step up the loss. */
  maximise(step: number, loss: () => Scalar): void {
    this.#optimizer!.minimise(step, () => loss().neg() as Scalar).dispose();
    this.#model!.learnStatistics();
  }

  async arrays(): Promise<NamedArrays> {
    const arrays = { ...(await this.#model!.weights()), ...(await this.#optimizer!.arrays()) };
    return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [PREFIX + name, array]));
  }

  dispose(): void {
    this.#model?.dispose();
    this.#optimizer?.dispose();
  }
}

function ownArrays(arrays: NamedArrays): NamedArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(PREFIX.length), array]));
}

/** @param views of the same images */
export function meanLoss(views: Tensor4D[], lossOf: (view: Tensor4D) => Scalar): Scalar {
  return tf.addN(views.map(lossOf)).div(views.length) as Scalar;
}

async function minMaxStep(
  { net, optimizer, normalisation, step, picks, noise, random }: EncoderStep,
  adversary: Adversary,
  context: JobContext,
  size: number,
): Promise<StepReport> {
  const first = await augmentedBatch(context, picks, size, normalisation, random);
  const second = await augmentedBatch(context, picks, size, normalisation, random);
  const eps = standardNormals(second.shape, random);
  const budget = random.uniform(...BUDGETS);
  // Before the ramp there is no noise to place.
  if (noise > 0)
    adversary.maximise(step, () =>
      meanLoss(adversary.mirrored(second, eps, budget, noise), (view) => contrast(net, first, view)),
    );
  const hidden = noise > 0 ? adversary.noisy(second, eps, budget, noise) : second.clone();
  const loss = optimizer.minimise(step, () => contrast(net, first, hidden));
  const [value] = await loss.data();
  tf.dispose([first, second, eps, hidden, loss]);
  return { loss: value! };
}
