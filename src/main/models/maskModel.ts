/** @file Mask models: one table by name, and how they are made, trained and kept. */
import type { Tensor4D, Variable } from '@tensorflow/tfjs';
import type { MaskModelName } from '../../contract/types';
import { tf } from '../engine/tf';
import type { NormalSource } from './layers';
import { perPixel, perPixelWeights } from './perPixel';
import type { Pass } from './rsu';
import { NormalisedParameters } from './runningStatistics';
import type { MaskModelSpec, NamedArrays } from './spec';
import { u2net, u2netWeights } from './u2net';
import { unet, unetWeights } from './unet';

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

const unetOf = (channels: number[]): Network => ({
  weights: (random) => unetWeights(channels, random),
  run: ({ parameters }, x) => unet(parameters.trained, channels, x),
});

const NETWORKS: Record<MaskModelName, Network> = {
  'unet-small': unetOf([16, 24, 32, 48]),
  'unet-medium': unetOf([24, 48, 64, 96]),
  'unet-large': unetOf([32, 64, 96, 128, 192]),
  'u2net-p': {
    weights: (random) => u2netWeights('small', random),
    run: (pass, x) => u2net(pass, 'small', x),
  },
  u2net: {
    weights: (random) => u2netWeights('full', random),
    run: (pass, x) => u2net(pass, 'full', x),
  },
  'per-pixel': {
    weights: perPixelWeights,
    run: ({ parameters }, x) => perPixel(parameters.trained, x),
  },
};

/** An untrained mask model. */
export function createMaskModel(design: MaskDesign, random: NormalSource): MaskModel {
  const network = networkOf(design);
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

function networkOf(design: MaskDesign): Network {
  return typeof design === 'string' ? NETWORKS[design] : unetOf(design);
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
