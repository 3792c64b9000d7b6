/**
 * @file The folder's own encoder: a small residual network (He et al. 2016) with a stride-2 stem and three stages, whose
 * pooled features are the embedding. Kept and used with batch normalisation folded into convolution and bias.
 */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { convolve, globalMean } from './layers';
import { Parameters } from './parameters';
import type { EncoderSpec } from './spec';
import type { TrainableEncoder } from './types';

const STAGES = 3;

export interface ConvolutionUnit {
  name: string;
  kernel: number;
  from: number;
  to: number;
  stride: number;
  relu: boolean;
}

/** Every convolution of the network, in order. @param width channels of stem and first stage, doubled at each stage */
export function resnetUnits(width: number): ConvolutionUnit[] {
  const units: ConvolutionUnit[] = [{ name: 'stem', kernel: 3, from: 3, to: width, stride: 2, relu: true }];
  for (let stage = 0; stage < STAGES; stage++) {
    const to = width * 2 ** stage;
    const from = stage === 0 ? width : to / 2;
    const stride = stage === 0 ? 1 : 2;
    const name = `stage${stage}`;
    units.push({ name: `${name}.first`, kernel: 3, from, to, stride, relu: true });
    units.push({ name: `${name}.second`, kernel: 3, from: to, to, stride: 1, relu: false });
    if (stage > 0) units.push({ name: `${name}.skip`, kernel: 1, from, to, stride, relu: false });
  }
  return units;
}

export function resnetEmbeddingSize(width: number): number {
  return width * 2 ** (STAGES - 1);
}

/**
 * The network over any kind of unit (with batch normalisation while training, folded afterwards).
 * @param x normalised images [batch, height, width, 3] @returns pooled features [batch, resnetEmbeddingSize]
 */
export function resnetFeatures(
  width: number,
  x: Tensor4D,
  apply: (unit: ConvolutionUnit, x: Tensor4D) => Tensor4D,
): Tensor2D {
  return globalMean(resnetMaps(width, x, apply).at(-1)!) as Tensor2D;
}

/** The same before pooling. @returns the map of each stage; the last is [batch, height / 8, width / 8, resnetEmbeddingSize] */
function resnetMaps(
  width: number,
  x: Tensor4D,
  apply: (unit: ConvolutionUnit, x: Tensor4D) => Tensor4D,
): Tensor4D[] {
  const units = new Map(resnetUnits(width).map((unit) => [unit.name, unit]));
  const unit = (name: string, input: Tensor4D) => apply(units.get(name)!, input);
  const maps: Tensor4D[] = [];
  let y = unit('stem', x);
  for (let stage = 0; stage < STAGES; stage++) {
    const inner = unit(`stage${stage}.second`, unit(`stage${stage}.first`, y));
    const around = stage === 0 ? y : unit(`stage${stage}.skip`, y);
    y = inner.add(around).relu() as Tensor4D;
    maps.push(y);
  }
  return maps;
}

/** A trained residual network. @param spec of kind `classifier` (with a head) or `simclr` (without) */
export function buildResnet(spec: EncoderSpec): TrainableEncoder {
  const { inputSize, embeddingSize, normalisation, classes } = spec;
  const { width } = spec.topology as { width: number };
  const parameters = new Parameters(spec.weights);
  const maps = (x: Tensor4D): Tensor4D[] =>
    tf.tidy(() =>
      resnetMaps(width, x, ({ name, stride, relu }, input) => {
        const filter = parameters.get<Tensor4D>(`${name}.filter`);
        const y = convolve(input, filter, parameters.get<Tensor1D>(`${name}.offset`), stride);
        return relu ? y.relu() : y;
      }),
    );
  const lastMap = (x: Tensor4D): Tensor4D => maps(x).at(-1)!;
  const pooled = (map: Tensor4D) => globalMean(map) as Tensor2D;
  const scores = (map: Tensor4D) => tf.tidy(() => classScores(parameters, pooled(map)));
  const withHead = classes !== null;
  return {
    ...{ inputSize, embeddingSize, normalisation, classes },
    embed: (x) => tf.tidy(() => pooled(lastMap(x))),
    ...(withHead ? { logits: (x: Tensor4D) => tf.tidy(() => scores(lastMap(x))) } : {}),
    lastMap: {
      of: (x) => tf.tidy(() => lastMap(x)),
      embed: pooled,
      ...(withHead ? { logits: scores } : {}),
    },
    coarseMaps: (x) => tf.tidy(() => maps(x).slice(-2)),
    variables: parameters.variables,
    spec: async () => ({ ...spec, weights: await parameters.arrays() }),
    dispose: () => parameters.dispose(),
  };
}

/** The linear head. @param features [batch, n] @returns [batch, classes] */
export function classScores(parameters: Parameters, features: Tensor2D): Tensor2D {
  return features
    .matMul(parameters.get<Tensor2D>('head.filter'))
    .add(parameters.get('head.offset')) as Tensor2D;
}
