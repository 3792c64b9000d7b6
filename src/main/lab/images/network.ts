import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { NormalSource } from '../../models/layers';
import { AdamW } from '../../models/optimizer';
import { Parameters } from '../../models/parameters';
import type { NamedArrays } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { type OutputStride, unet, unetWeights } from '../../models/unet';
import { Random } from '../../noise/random';
import { loadBatch, Order } from '../../training/jobs/batches';
import { breatheOrStop } from '../../training/jobs/loop';
import type { JobContext } from '../../training/protocol';
import type { LabImage } from '../types';
import { SIZE, trainingImages } from './encoder';

/** Of the U-Nets that experiments train: as docs/lab.md was measured with. */
const CHANNELS = [16, 24, 32, 48];
const RATE = 3e-3;
const BATCH = 16;

export interface NetworkPlan {
  name: string;
  /** Values a map pixel. */
  outputs: number;
  stride: OutputStride;
  seed: number;
  steps: number;
  /** The highest of the learning rate's cycle; default 3e-3. */
  rate?: number;
}

export interface NetworkBatch {
  /** Normalised images, and what the encoder answers to them. */
  x: Tensor4D;
  clean: Tensor2D;
  /** Of this step. */
  random: Random;
}

/** @param outputs values a map pixel */
export function networkWeights(
  random: NormalSource,
  outputStride: OutputStride,
  outputs: number,
): NamedArrays {
  return unetWeights(CHANNELS, random, { outputStride, outputs, halving: 3 });
}

/** A U-Net of the shape of our mask models with several values a pixel, trained by a loss of its own. */
export async function trainNetwork(
  job: JobContext,
  encoder: Encoder,
  images: LabImage[],
  { name, outputs, stride, seed, steps, rate = RATE }: NetworkPlan,
  prepare: (batch: NetworkBatch) => { loss: (answer: Tensor4D) => Scalar; dispose(): void },
): Promise<Parameters> {
  const parameters = new Parameters(networkWeights(new Random(seed, 0, name), stride, outputs));
  const optimizer = new AdamW(parameters.variables, { learningRate: rate, steps });
  const train = trainingImages(images);
  const order = new Order(train, seed);
  const batch = Math.min(BATCH, train.length);
  try {
    for (let step = 0; step < steps; step++) {
      await breatheOrStop(job);
      const x = await loadBatch(job, order.at(step, batch), SIZE, encoder.normalisation);
      const clean = encoder.embed(x);
      const { loss, dispose } = prepare({ x, clean, random: new Random(seed, step, name) });
      const value = optimizer.minimise(step, () => loss(networkAnswer(parameters, x)));
      await value.data();
      dispose();
      tf.dispose([x, clean, value]);
      job.send({ type: 'progress', step: step + 1, steps });
    }
    return parameters;
  } finally {
    optimizer.dispose();
  }
}

/** @returns [batch, size / stride, size / stride, outputs] */
export function networkAnswer(parameters: Parameters, x: Tensor4D): Tensor4D {
  return tf.tidy(() => unet(parameters, CHANNELS, x));
}
