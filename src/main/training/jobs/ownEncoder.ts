/** @file What training a folder's own encoder shares between the classifier and SimCLR. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { AdamW } from '../../models/optimizer';
import { resnetEmbeddingSize } from '../../models/resnet';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../models/resnetTraining';
import type { EncoderSpec, NamedArrays, Normalisation } from '../../models/spec';
import { randomNoiseMaps } from '../../noise/calibration';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import type { EncoderJob, JobContext, JobImage } from '../protocol';
import { measureNormalisation, Order, type Pick, requireImages } from './batches';
import { runLoop, type StepReport } from './loop';
import { holdOut } from './split';

/** Fewer cannot fill a batch whose statistics mean anything. */
const LEAST_IMAGES = 8;

export interface Trained {
  net: TrainingResnet;
  optimizer: AdamW;
  normalisation: Normalisation;
}

export interface EncoderStep extends Trained {
  step: number;
  picks: Pick[];
  /** The highest noise level at this step. */
  noise: number;
  random: Random;
}

export interface Method {
  /** Length of the network's head. */
  outputs: number;
  /** Weights beside the network's own. */
  more: (random: Random) => NamedArrays;
  /** Absent: the optimizer's usual one. */
  weightDecay?: number;
  /** How a step is made; a function of the network, so that it can keep what it has recorded (engine/repeated.ts). */
  step: (trained: Trained) => (now: EncoderStep) => Promise<StepReport>;
  /** Another model that is trained beside the network, with its own part of the checkpoint; whoever made it disposes it. */
  beside?: Beside;
}

export interface Beside {
  /** @param kept arrays of a checkpoint */
  begin(steps: number, kept: NamedArrays | undefined): void;
  arrays(): Promise<NamedArrays>;
}

/** @returns the encoder with its head, and the images it has not seen */
export async function trainOwnEncoder(
  { images, config, encoder: kind }: EncoderJob,
  context: JobContext,
  method: Method,
): Promise<{ encoder: EncoderSpec; held: JobImage[]; train: JobImage[] }> {
  const { size, seed, width, learningRate, noise } = config;
  requireImages(images, LEAST_IMAGES);
  const { train, held } = holdOut(images, config.heldOut, seed);
  const batch = Math.min(config.batch, train.length);
  const steps = Math.max(1, Math.ceil(config.epochs * Math.ceil(train.length / batch)));
  const normalisation = await measureNormalisation(context, train, size);
  const kept = context.checkpoint?.arrays;
  const random = new Random(seed, 0, 'weights');
  const weights = { ...resnetWeights(width, method.outputs, random), ...method.more(random) };
  const net = new TrainingResnet(width, keptOr(kept, weights), keptOr(kept, resnetStatistics(width)));
  const optimizer = new AdamW(net.variables, { learningRate, steps, weightDecay: method.weightDecay }, kept);
  const order = new Order(train, seed);
  const { beside } = method;
  beside?.begin(steps, kept);
  const trained = { net, optimizer, normalisation };
  const makeStep = method.step(trained);
  try {
    await runLoop(context, {
      steps,
      save: async () => ({
        arrays: { ...(await net.arrays()), ...(await optimizer.arrays()), ...(await beside?.arrays()) },
        state: {},
      }),
      step: async (step) => {
        const report = await makeStep({
          ...{ ...trained, step },
          picks: order.at(step, batch),
          noise: noiseRamp(step, steps, noise),
          random: new Random(seed, step, 'noise'),
        });
        net.learnStatistics();
        return report;
      },
    });
    const encoder: EncoderSpec = {
      ...{
        kind: kind === 'classifier' ? kind : 'simclr',
        inputSize: size,
        embeddingSize: resnetEmbeddingSize(width),
        normalisation,
      },
      classes: null,
      topology: { width },
      weights: await net.folded(),
    };
    return { encoder, held, train };
  } finally {
    net.dispose();
    optimizer.dispose();
  }
}

/** Noise as mask models will place it: blobs, all over, or none (docs/method.md 4), up to a level in normalised units. */
export function withRandomNoise(clean: Tensor4D, highest: number, random: Random): Tensor4D {
  if (highest === 0) return clean.clone();
  const [batch, size] = clean.shape;
  return tf.tidy(() =>
    noisyView(clean, randomNoiseMaps(batch, size, highest, random), standardNormals(clean.shape, random)),
  );
}

/** Share of the training that sees no noise at all, and share after which the noise is at its full level. */
const CLEAN = 0.25;
const FULL = 0.6;

/** None for a quarter of the training, then rising: a classifier that meets full noise at once does not learn (docs/method.md 4). */
function noiseRamp(step: number, steps: number, highest: number): number {
  const done = step / steps;
  return highest * Math.min(Math.max((done - CLEAN) / (FULL - CLEAN), 0), 1);
}

/** Arrays of a checkpoint where there is one, those of the beginning otherwise. */
function keptOr(kept: NamedArrays | undefined, initial: NamedArrays): NamedArrays {
  if (!kept) return initial;
  return Object.fromEntries(Object.keys(initial).map((name) => [name, kept[name]!]));
}
