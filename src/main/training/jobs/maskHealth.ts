import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import type { Grid } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import { type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import type { EncoderSpec, MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { noiseFractionOf } from '../../noise/budget';
import { collapseWarnings, ignoredInputWarning } from '../../noise/collapse';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';
import type { JobContext, JobImage, MaskJob } from '../protocol';
import { loadBatch } from './batches';
import { type MapOfImage, mapsOf } from './previews';

/** Images looked at, spread over the folder. */
const LOOKED_AT = 24;
/** Budgets of the mask's own noise at which the embedding is compared; full noise everywhere comes on top. */
const BUDGETS = [0.25, 0.5, 0.75];

/** What is wrong with a trained mask, in sentences for people (the failures of docs/method.md 5). */
export async function maskWarnings(
  job: MaskJob,
  context: JobContext,
  model: MaskModel,
  encoder: Encoder,
): Promise<string[]> {
  const { size, softPenalty } = job.config;
  const images = lookedAt(job.images);
  const maps = await mapsOf(context, images, model.mirroredLogOdds, size, encoder.normalisation);
  const distances = await distancesOf(job, context, images, model, encoder);
  const held = softPenalty === undefined;
  return [...collapseWarnings(job.mask, maps.map(gridOf), held), ...ignoredInputWarning(distances)];
}

export function lookedAt(images: JobImage[]): JobImage[] {
  const count = Math.min(LOOKED_AT, images.length);
  return Array.from({ length: count }, (_, i) => images[Math.floor((i * images.length) / count)]!);
}

/** Log-odds maps that a stored mask model draws. @param encoderSpec the encoder that it was trained with */
export async function mapsOfModel(
  context: JobContext,
  images: JobImage[],
  spec: MaskModelSpec,
  encoderSpec: EncoderSpec,
): Promise<Grid[]> {
  const encoder = await buildEncoder(encoderSpec);
  const model = maskModelFromSpec(spec, encoder);
  try {
    return (await mapsOf(context, images, model.mirroredLogOdds, spec.size, spec.normalisation)).map(gridOf);
  } finally {
    model.dispose();
    encoder.dispose();
  }
}

function gridOf({ width, height, logOdds }: MapOfImage): Grid {
  return { width, height, values: logOdds };
}

/** Mean cosine distance between clean and noisy embedding: at each budget of the mask's noise, and under full noise. */
async function distancesOf(
  { config }: MaskJob,
  context: JobContext,
  images: JobImage[],
  model: MaskModel,
  encoder: Encoder,
): Promise<number[]> {
  const { size, sigmaMax, seed } = config;
  const picks = images.map((image) => ({ image, flipped: false }));
  const x = await loadBatch(context, picks, size, encoder.normalisation);
  const distances = tf.tidy(() => {
    const eps = standardNormals(x.shape, new Random(seed, 0, 'health'));
    const clean = encoder.embed(x);
    const logOdds = model.mirroredLogOdds(x);
    const sigmas = BUDGETS.map((budget) =>
      sigmaFrom(upsample(noiseFractionOf(logOdds, budget, 'image'), size, size), config),
    );
    const full = tf.fill([images.length, 1, 1, 1], sigmaMax) as Tensor4D;
    const moved = [...sigmas, full].map(
      (sigma): Scalar => cosineDistance(clean, encoder.embed(noisyView(x, sigma, eps))),
    );
    return tf.stack(moved);
  });
  const values = await distances.data<'float32'>();
  tf.dispose([x, distances]);
  return [...values];
}
