/** @file One encoder: trained in turn with what hides its views, or as something to hold it against. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { resnetEmbeddingSize } from '../../models/resnet';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../models/resnetTraining';
import { HIDDEN } from '../../models/simclr';
import type { EncoderSpec, Normalisation } from '../../models/spec';
import { collapseWarnings } from '../../noise/collapse';
import { Random } from '../../noise/random';
import { loadBatch, measureNormalisation } from '../../training/jobs/batches';
import { runEncoderJob } from '../../training/jobs/encoder';
import type { StepReport } from '../../training/jobs/loop';
import { lookedAt } from '../../training/jobs/maskHealth';
import { Adversary, meanLoss } from '../../training/jobs/minMax';
import { type EncoderStep, trainOwnEncoder } from '../../training/jobs/ownEncoder';
import { mapsOf } from '../../training/jobs/previews';
import { augmentedBatch } from '../../training/jobs/simclr';
import { presetOf } from '../../training/presets';
import type { EncoderJob, JobContext } from '../../training/protocol';
import { trainingImages } from '../images/encoder';
import type { LabImage } from '../types';
import { LEARNING } from './frameworks';
import type { Framework, Way } from './types';
import { type Occluder, occluder } from './ways';

const { encoder: RECIPE } = presetOf('draft', 'simclr');
/** Length of the embedding. */
export const FEATURES = resnetEmbeddingSize(RECIPE.width);

export interface SslPlan {
  size: number;
  epochs: number;
  seed: number;
}

interface Trained {
  spec: EncoderSpec;
  /** Signs of collapse of the mask that was trained with it. */
  warnings: string[];
  /** Views of the pictured images, normalised as the encoder's; null where none are pictured. */
  views: Float32Array | null;
}

const configOf = ({ size, epochs, seed }: SslPlan): EncoderJob['config'] => ({
  ...{ ...RECIPE, size, epochs, seed },
  heldOut: 0,
});

/** @param pictured images whose last views are wanted */
export async function trainedByViews(
  job: JobContext,
  images: LabImage[],
  { framework, way }: { framework: Framework; way: Way },
  plan: SslPlan,
  pictured: LabImage[],
): Promise<Trained> {
  const hider = occluder(way, plan.seed);
  const config = configOf(plan);
  const encoderJob: EncoderJob = {
    ...{ kind: 'encoder', encoder: 'simclr', images: trainingImages(images), classes: [], config },
  };
  try {
    const { encoder } = await trainOwnEncoder(encoderJob, job, {
      outputs: HIDDEN,
      more: LEARNING[framework].weights,
      ...(hider?.opponent ? { beside: hider.opponent } : {}),
      step: () => (now) => matchingStep(now, framework, hider, job, plan.size),
    });
    const views = pictured.length > 0 ? await viewsOf(job, pictured, hider, encoder, config.noise) : null;
    return { spec: encoder, views, warnings: await maskWarnings(job, images, hider, encoder) };
  } finally {
    hider?.opponent?.dispose();
  }
}

/** Eq. 1, one step of each: the opponent up the loss, the encoder down. Only the second view is hidden. */
async function matchingStep(
  { net, optimizer, normalisation, step, picks, noise, random }: EncoderStep,
  framework: Framework,
  hider: Occluder | null,
  job: JobContext,
  size: number,
): Promise<StepReport> {
  const { loss: lossOf } = LEARNING[framework];
  const first = await augmentedBatch(job, picks, size, normalisation, random);
  const second = await augmentedBatch(job, picks, size, normalisation, random);
  // As noise begins only when an encoder can see something, so do the others.
  const hiding = hider && noise > 0 ? hider.hide(second, noise, random, normalisation) : null;
  if (hiding)
    hider!.opponent?.maximise(step, () => {
      const views = hiding.opposed?.() ?? [hiding.view()];
      const loss = meanLoss(views, (view) => lossOf(net, first, view));
      return hiding.cost ? loss.sub(hiding.cost()) : loss;
    });
  const hidden = hiding?.view() ?? second.clone();
  const loss = optimizer.minimise(step, () => lossOf(net, first, hidden));
  const [value] = await loss.data();
  hiding?.dispose();
  tf.dispose([first, second, hidden, loss]);
  return { loss: value! };
}

/** Clean images, hidden as at the last step. */
async function viewsOf(
  job: JobContext,
  images: LabImage[],
  hider: Occluder | null,
  { inputSize, normalisation }: EncoderSpec,
  noise: number,
): Promise<Float32Array> {
  const x = await clean(job, images, inputSize, normalisation);
  const hiding = hider?.hide(x, noise, new Random(1, 0, 'views'), normalisation);
  const view = hiding?.view() ?? x.clone();
  const values = Float32Array.from(await view.data<'float32'>());
  hiding?.dispose();
  tf.dispose([x, view]);
  const { mean, std } = normalisation;
  return values.map((value, i) => value * std + mean[i % 3]!);
}

const clean = (
  job: JobContext,
  images: LabImage[],
  size: number,
  normalisation: Normalisation,
): Promise<Tensor4D> =>
  loadBatch(
    job,
    images.map((image) => ({ image, flipped: false })),
    size,
    normalisation,
  );

async function maskWarnings(
  job: JobContext,
  images: LabImage[],
  hider: Occluder | null,
  { inputSize, normalisation }: EncoderSpec,
): Promise<string[]> {
  const model = hider?.opponent;
  if (!(model instanceof Adversary)) return [];
  const drawn = (x: Tensor4D) => model.logOdds(x);
  const maps = await mapsOf(job, lookedAt(images), drawn, inputSize, normalisation);
  return collapseWarnings(
    'negative',
    maps.map(({ width, height, logOdds }) => ({ width, height, values: logOdds })),
  );
}

/** The classifier of the classes, trained on the same images for as long. */
export async function supervised(
  job: JobContext,
  images: LabImage[],
  classes: string[],
  plan: SslPlan,
): Promise<EncoderSpec> {
  const config = configOf(plan);
  const own: EncoderJob = {
    ...{ kind: 'encoder', encoder: 'classifier', images: trainingImages(images), classes, config },
  };
  const result = await runEncoderJob(own, job);
  if (result.kind !== 'encoder') throw new Error(`the encoder job answered ${result.kind}`);
  return result.encoder;
}

/** The same network as it is before any step. */
export async function untrained(
  job: JobContext,
  images: LabImage[],
  { size, seed }: SslPlan,
): Promise<EncoderSpec> {
  const { width } = RECIPE;
  const weights = resnetWeights(width, HIDDEN, new Random(seed, 0, 'weights'));
  const net = new TrainingResnet(width, weights, resnetStatistics(width));
  try {
    return {
      ...{ kind: 'simclr', inputSize: size, embeddingSize: FEATURES, classes: null },
      normalisation: await measureNormalisation(job, trainingImages(images), size),
      ...{ topology: { width }, weights: await net.folded() },
    };
  } finally {
    net.dispose();
  }
}
