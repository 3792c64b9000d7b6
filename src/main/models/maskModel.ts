/** @file Mask models: one table by name, and how they are made, trained and kept. */
import type { Tensor4D, Variable } from '@tensorflow/tfjs';
import type { MaskModelName } from '../../contract/types';
import { tf } from '../engine/tf';
import type { NormalSource } from './layers';
import { perPixel, perPixelWeights } from './perPixel';
import type { Pass } from './rsu';
import { NormalisedParameters } from './runningStatistics';
import type { MaskModelSpec, NamedArrays } from './spec';
import { type U2NetSize, u2net, u2netWeights } from './u2net';
import { type OutputStride, unet, unetWeights } from './unet';

/** M: image -> one value a a map pixel, from which a budget makes a noise map (contract/noiseMap). */
export interface MaskModel {
  /** What is trained; running statistics are not among them. */
  readonly variables: Variable[];
  /** @param x normalised images [batch, height, width, 3] @returns a, [batch, h, w, 1]: a quarter of the size, or all of it */
  logOdds(x: Tensor4D): Tensor4D;
  /** The same while training: batch normalisation, where the model has it, goes by the batch. */
  trainingLogOdds(x: Tensor4D): Tensor4D;
  /** Takes the statistics of the batches seen in training since the last call into the running ones. */
  learnStatistics(): void;
  weights(): Promise<NamedArrays>;
  dispose(): void;
}

interface Network {
  /** Weights at the beginning. */
  weights(random: NormalSource): NamedArrays;
  run(pass: Pass, x: Tensor4D): Tensor4D;
}

/** A U-Net by the channels of its levels (multiples of four), or any model by its name. */
export type MaskDesign = number[] | MaskModelName;

const unetOf = (channels: number[], outputStride?: OutputStride): Network => ({
  weights: (random) => unetWeights(channels, random, outputStride),
  run: ({ parameters }, x) => unet(parameters.trained, channels, x),
});

const u2netOf = (size: U2NetSize): Network => ({
  weights: (random) => u2netWeights(size, random),
  run: (pass, x) => u2net(pass, size, x),
});

/** The other models answer at the size of the image, whatever the output stride. */
const NETWORKS: Record<MaskModelName, (outputStride?: OutputStride) => Network> = {
  'unet-small': (stride) => unetOf([16, 24, 32, 48], stride),
  'unet-medium': (stride) => unetOf([24, 48, 64, 96], stride),
  'unet-large': (stride) => unetOf([32, 64, 96, 128, 192], stride),
  'u2net-p': () => u2netOf('small'),
  u2net: () => u2netOf('full'),
  'per-pixel': () => ({
    weights: perPixelWeights,
    run: ({ parameters }, x) => perPixel(parameters.trained, x),
  }),
};

/** An untrained mask model. @param outputStride of a U-Net */
export function createMaskModel(
  design: MaskDesign,
  random: NormalSource,
  outputStride?: OutputStride,
): MaskModel {
  const network = networkOf(design, outputStride);
  return build(network, network.weights(random));
}

/** A mask model as it was kept; one kept before models had names is a U-Net of its channels. */
export function maskModelFromSpec({
  model,
  channels,
  weights,
}: Pick<MaskModelSpec, 'model' | 'channels' | 'weights'>): MaskModel {
  return build(networkOf(model ?? channels), weights);
}

function networkOf(design: MaskDesign, outputStride?: OutputStride): Network {
  return typeof design === 'string' ? NETWORKS[design](outputStride) : unetOf(design, outputStride);
}

function build(network: Network, weights: NamedArrays): MaskModel {
  const parameters = new NormalisedParameters(weights);
  const run = (x: Tensor4D, training: boolean) => tf.tidy(() => network.run({ parameters, training }, x));
  return {
    variables: parameters.trained.variables,
    logOdds: (x) => run(x, false),
    trainingLogOdds: (x) => run(x, true),
    learnStatistics: () => parameters.learnStatistics(),
    weights: () => parameters.arrays(),
    dispose: () => parameters.dispose(),
  };
}
