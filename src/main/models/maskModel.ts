/** @file Mask models: one table by name, and how they are made, trained and kept. */
import type { Tensor4D, Variable } from '@tensorflow/tfjs';
import type { MaskModelName } from '../../contract/types';
import { repeated } from '../engine/repeated';
import { tf } from '../engine/tf';
import { nothingToRead } from './coarseMaps';
import type { NormalSource } from './layers';
import { perPixel, perPixelWeights } from './perPixel';
import type { Pass } from './rsu';
import { NormalisedParameters } from './runningStatistics';
import { type MaskModelSpec, type NamedArrays, readsEncoder } from './spec';
import type { Encoder } from './types';
import { type U2NetSize, u2net, u2netWeights } from './u2net';
import { type OutputStride, unet, unetWeights } from './unet';

/** M: image -> one value a a map pixel, from which a budget makes a noise map (contract/noiseMap). */
export interface MaskModel {
  /** What is trained; running statistics are not among them. */
  readonly variables: Variable[];
  /** @param x normalised images [batch, height, width, 3] @returns a, [batch, h, w, 1]: half or a quarter of the size, or all of it */
  logOdds(x: Tensor4D): Tensor4D;
  /**
   * The mean of that and of the mirrored image's, mirrored back: what maps are drawn from. A mask learns from images in both
   * directions, and what an encoder prefers in one of them cancels (docs/decisions/0022). No gradient can be taken through it.
   */
  mirroredLogOdds(x: Tensor4D): Tensor4D;
  /** `logOdds` while training: batch normalisation, where the model has it, goes by the batch. */
  trainingLogOdds(x: Tensor4D): Tensor4D;
  /** Takes the statistics of the batches seen in training since the last call into the running ones. */
  learnStatistics(): void;
  weights(): Promise<NamedArrays>;
  dispose(): void;
}

interface Network {
  /** Weights at the beginning. @param read channels of the encoder's maps, where the network reads them */
  weights(random: NormalSource, read: number[]): NamedArrays;
  /** @param maps of the encoder, where the network reads them */
  run(pass: Pass, x: Tensor4D, maps: Tensor4D[]): Tensor4D;
}

/** What a mask model may read of an encoder. */
export type ReadEncoder = Pick<Encoder, 'coarseMaps' | 'inputSize'>;

/** A U-Net by the channels of its levels (multiples of four), or any model by its name. */
export type MaskDesign = number[] | MaskModelName;

const unetOf = (channels: number[], outputStride?: OutputStride): Network => ({
  weights: (random) => unetWeights(channels, random, { outputStride }),
  run: ({ parameters }, x) => unet(parameters.trained, channels, x),
});

/** Measured on photographs as it is (docs/evaluation.md). */
const readingUnetOf = (channels: number[], outputStride?: OutputStride): Network => ({
  weights: (random, read) => unetWeights(channels, random, { outputStride, read, halving: 3 }),
  run: ({ parameters }, x, maps) => unet(parameters.trained, channels, x, maps),
});

const u2netOf = (size: U2NetSize): Network => ({
  weights: (random) => u2netWeights(size, random),
  run: (pass, x) => u2net(pass, size, x),
});

/** The other models answer at the size of the image, whatever the output stride. */
const NETWORKS: Record<MaskModelName, (outputStride?: OutputStride) => Network> = {
  'unet-small': (stride) => unetOf([12, 16, 24, 32], stride),
  'unet-medium': (stride) => unetOf([24, 48, 64, 96], stride),
  'unet-large': (stride) => unetOf([32, 64, 96, 128, 192], stride),
  'unet-encoder': (stride) => readingUnetOf([16, 24, 32, 48], stride),
  'u2net-p': () => u2netOf('small'),
  u2net: () => u2netOf('full'),
  'per-pixel': () => ({
    weights: perPixelWeights,
    run: ({ parameters }, x) => perPixel(parameters.trained, x),
  }),
};

/**
 * An untrained mask model.
 * @param outputStride of a U-Net @param encoder needed by a model that reads it, and left to its owner to dispose of
 * @throws INVALID_INPUT if the model reads an encoder's maps and there are none
 */
export function createMaskModel(
  design: MaskDesign,
  random: NormalSource,
  outputStride?: OutputStride,
  encoder?: ReadEncoder,
): MaskModel {
  const network = networkOf(design, outputStride);
  const maps = mapsFor(design, encoder);
  const side = encoder?.inputSize ?? 1;
  const read = tf.tidy(() => maps(tf.zeros([1, side, side, 3])).map(({ shape }) => shape[3]));
  return build(network, network.weights(random, read), maps);
}

/**
 * A mask model as it was kept; one kept before models had names is a U-Net of its channels.
 * @param encoder as for `createMaskModel`: the one it was trained with @throws INVALID_INPUT as there
 */
export function maskModelFromSpec(
  { model, channels, weights }: Pick<MaskModelSpec, 'model' | 'channels' | 'weights'>,
  encoder?: ReadEncoder,
): MaskModel {
  const design = model ?? channels;
  return build(networkOf(design), weights, mapsFor(design, encoder));
}

type MapsOf = (x: Tensor4D) => Tensor4D[];

function mapsFor(design: MaskDesign, encoder: ReadEncoder | undefined): MapsOf {
  if (typeof design !== 'string' || !readsEncoder({ model: design })) return () => [];
  const { coarseMaps } = encoder ?? {};
  if (!coarseMaps) throw nothingToRead();
  return coarseMaps;
}

function networkOf(design: MaskDesign, outputStride?: OutputStride): Network {
  return typeof design === 'string' ? NETWORKS[design](outputStride) : unetOf(design, outputStride);
}

function build(network: Network, weights: NamedArrays, mapsOf: MapsOf): MaskModel {
  const parameters = new NormalisedParameters(weights);
  const run = (x: Tensor4D, training: boolean) =>
    tf.tidy(() => network.run({ parameters, training }, x, mapsOf(x)));
  const mirror = (x: Tensor4D) => x.reverse(2);
  // Maps are drawn batch after batch.
  const drawMirrored = repeated((inputs) => {
    const x = inputs[0] as Tensor4D;
    const both = run(tf.concat([x, mirror(x)], 0), false);
    const [plain, mirrored] = tf.split(both, 2, 0) as [Tensor4D, Tensor4D];
    return [plain.add(mirror(mirrored)).div(2)];
  });
  return {
    variables: parameters.trained.variables,
    logOdds: (x) => run(x, false),
    mirroredLogOdds: (x) => drawMirrored([x])[0] as Tensor4D,
    trainingLogOdds: (x) => run(x, true),
    learnStatistics: () => parameters.learnStatistics(),
    weights: () => parameters.arrays(),
    dispose: () => parameters.dispose(),
  };
}
