/** @file How an encoder's answers hold up under noise: the figures of docs/method.md 4, on images it was not trained on. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Confusion } from '../../../contract/types';
import { tf } from '../../engine/tf';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import type { JobContext, JobImage, NoiseRobustness } from '../protocol';
import { loadBatch } from './batches';
import { breatheOrStop } from './loop';

const LEVELS = [0, 0.5, 1, 1.5];
const BATCH = 32;
/** The same noise for every encoder, so that figures can be compared. */
const SEED = 7;

/** Calls `visit` with every batch of images, clean and at every noise level. */
async function overNoise(
  context: JobContext,
  encoder: Encoder,
  images: JobImage[],
  size: number,
  visit: (level: number, x: Tensor4D, batch: JobImage[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < images.length; from += BATCH) {
    await breatheOrStop(context);
    const batch = images.slice(from, from + BATCH);
    const picks = batch.map((image) => ({ image, flipped: false }));
    const x = await loadBatch(context, picks, size, encoder.normalisation);
    const eps = standardNormals(x.shape, new Random(SEED, from, 'robustness'));
    for (const level of LEVELS) {
      const noisy = tf.tidy(() => noisyView(x, tf.fill([batch.length, 1, 1, 1], level) as Tensor4D, eps));
      await visit(level, noisy, batch);
      noisy.dispose();
    }
    tf.dispose([x, eps]);
  }
}

/** How many of the labelled images are named rightly, and which are taken for which. */
export interface Recognition {
  accuracy: NoiseRobustness | null;
  confusion: Confusion | null;
}

/** More classes make no table to look at. */
const MOST_CONFUSED = 50;

/** Share of right answers, and on clean images what was taken for what; null without a head or without labels. */
export async function recognitionUnderNoise(
  context: JobContext,
  encoder: Encoder,
  images: JobImage[],
  size: number,
): Promise<Recognition> {
  const labelled = images.filter(({ label }) => label !== null);
  const { logits, classes } = encoder;
  if (!logits || !classes || labelled.length === 0) return { accuracy: null, confusion: null };
  const counts = classes.map(() => classes.map(() => 0));
  const right = new Map<number, number>();
  await overNoise(context, encoder, labelled, size, async (level, x, batch) => {
    const answers = tf.tidy(() => logits(x).argMax(1));
    const values = await answers.data();
    answers.dispose();
    const hits = batch.filter(({ label }, i) => label === values[i]).length;
    right.set(level, (right.get(level) ?? 0) + hits);
    if (level === 0) for (const [i, { label }] of batch.entries()) counts[label!]![values[i]!]!++;
  });
  return {
    accuracy: robustness((level) => right.get(level)! / labelled.length),
    confusion: classes.length > MOST_CONFUSED ? null : { classes, counts },
  };
}

/**
 * Mean cosine between the embedding of the noisy image and what the reference says of the clean one.
 * @param reference the teacher; the encoder itself where it has none
 */
export async function agreementUnderNoise(
  context: JobContext,
  encoder: Encoder,
  reference: Encoder,
  images: JobImage[],
  size: number,
): Promise<NoiseRobustness> {
  const sums = new Map<number, number>();
  let clean: Tensor2D | null = null;
  await overNoise(context, encoder, images, size, async (level, x) => {
    if (level === 0) {
      clean?.dispose();
      clean = reference.embed(x);
    }
    const cosines = tf.tidy(() => {
      const z = encoder.embed(x);
      const lengths = z.norm(2, 1).mul(clean!.norm(2, 1)).add(1e-12);
      return z.mul(clean!).sum(1).div(lengths).sum();
    });
    sums.set(level, (sums.get(level) ?? 0) + (await cosines.data())[0]!);
    cosines.dispose();
  });
  (clean as Tensor2D | null)?.dispose();
  return robustness((level) => sums.get(level)! / images.length);
}

function robustness(at: (level: number) => number): NoiseRobustness {
  return {
    clean: at(0),
    at: Object.fromEntries(LEVELS.slice(1).map((level) => [level.toFixed(1), at(level)])),
  };
}
