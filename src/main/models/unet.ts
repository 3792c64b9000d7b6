/**
 * @file The small U-Net of docs/method.md 5: the resolution halved by the stem, then again at every level; borders repeated, not padded
 * with zeros; GroupNorm(4); a global-context term at the bottom, so that every place knows the whole image; nearest up-sampling with skips, back to a half or a
 * quarter of the resolution, where one value a pixel leaves. It may read maps of the encoder too, at the bottom (docs/decisions/0021).
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import {
  constant,
  convolve,
  convolveRepeating,
  doubleSize,
  groupNorm,
  heNormal,
  type NormalSource,
} from './layers';
import type { Parameters } from './parameters';
import { resizeBilinear } from './resize';
import type { NamedArrays } from './spec';

const GROUPS = 4;
/** Pixels of the image, in each direction, to one value of the map. */
export type OutputStride = 2 | 4;

/** The last layer begins near zero, so that training begins with noise spread evenly. */
const LAST_GAIN = 0.05;

export interface UnetShape {
  outputStride?: OutputStride;
  /** Values a map pixel. */
  outputs?: number;
  /** Channels of the encoder's maps that are read. */
  read?: number[];
  /**
   * Side of the windows that halve the resolution. Those of 2 lie side by side, with their middle where the pixel lies that they make; those
   * of 3 overlap and see half a pixel more below and to the right (docs/decisions/0024).
   */
  halving?: 2 | 3;
}

/** Weights at the beginning. @param channels of the levels, each at half the resolution of the one before */
export function unetWeights(
  channels: number[],
  random: NormalSource,
  { outputStride = 4, outputs = 1, read = [], halving = 2 }: UnetShape = {},
): NamedArrays {
  const outputLevel = outputStride / 2 - 1;
  const weights: NamedArrays = {};
  const block = (name: string, from: number, to: number, side = 3) => {
    weights[`${name}.filter`] = heNormal([side, side, from, to], random);
    weights[`${name}.gain`] = constant(to, 1);
    weights[`${name}.offset`] = constant(to, 0);
  };
  channels.forEach((to, level) => {
    block(`down${level}`, level === 0 ? 3 : channels[level - 1]!, to, halving);
    block(`same${level}`, to, to);
  });
  const bottom = channels.at(-1)!;
  for (const [i, from] of read.entries()) block(`read${i}`, from, bottom, 1);
  weights['context.filter'] = heNormal([bottom, bottom], random);
  weights['context.offset'] = constant(bottom, 0);
  for (let level = channels.length - 2; level >= outputLevel; level--)
    block(`up${level}`, channels[level + 1]! + channels[level]!, channels[level]!);
  weights['last.filter'] = heNormal([1, 1, channels[outputLevel]!, outputs], random, LAST_GAIN);
  weights['last.offset'] = constant(outputs, 0);
  return weights;
}

/**
 * @param x [batch, height, width, 3], any size
 * @param maps of the encoder, any sizes, as many as there are weights to read them
 * @returns [batch, ceil(height / s), ceil(width / s), outputs]; the weights tell the output stride s and how many outputs
 */
export function unet(
  parameters: Parameters,
  channels: number[],
  x: Tensor4D,
  maps: Tensor4D[] = [],
): Tensor4D {
  const outputLevel = parameters.has('up0.filter') ? 0 : 1;
  const block = (name: string, input: Tensor4D, stride = 1): Tensor4D => {
    const y = convolveRepeating(input, parameters.get<Tensor4D>(`${name}.filter`), null, stride);
    const gain = parameters.get<Tensor1D>(`${name}.gain`);
    return groupNorm(y, GROUPS, gain, parameters.get<Tensor1D>(`${name}.offset`)).relu();
  };
  const levels: Tensor4D[] = [];
  let y = x;
  for (let level = 0; level < channels.length; level++) {
    y = block(`same${level}`, block(`down${level}`, y, 2));
    levels.push(y);
  }
  for (const [i, map] of maps.entries()) {
    const [, height, width] = y.shape;
    y = y.add(resizeBilinear(block(`read${i}`, map), height, width)) as Tensor4D;
  }
  y = y.add(context(parameters, y)) as Tensor4D;
  for (let level = channels.length - 2; level >= outputLevel; level--) {
    const skip = levels[level]!;
    y = block(`up${level}`, doubleSize(y, skip.shape[1], skip.shape[2]).concat(skip, 3));
  }
  return convolve(y, parameters.get<Tensor4D>('last.filter'), parameters.get<Tensor1D>('last.offset'));
}

/** What the whole image looks like, for every place: [batch, 1, 1, c]. */
function context(parameters: Parameters, y: Tensor4D): Tensor {
  const [batch, , , channels] = y.shape;
  return y
    .mean([1, 2])
    .matMul(parameters.get('context.filter'))
    .add(parameters.get('context.offset'))
    .relu()
    .reshape([batch, 1, 1, channels]);
}
