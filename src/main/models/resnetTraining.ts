/** @file The residual network while it is trained: batch normalisation after every convolution, then folded away. */
import type { Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { BATCH_NORM_EPSILON, batchNorm, constant, convolve, heNormal, type NormalSource } from './layers';
import { Parameters } from './parameters';
import { classScores, resnetEmbeddingSize, resnetFeatures, resnetUnits } from './resnet';
import type { NamedArrays } from './spec';

/** How much of the running mean and variance one batch replaces. */
const MOMENTUM = 0.1;

/** Weights at the beginning. @param outputs length of the head's answer: classes, or the hidden layer of a projection */
export function resnetWeights(width: number, outputs: number, random: NormalSource): NamedArrays {
  const weights: NamedArrays = {};
  for (const { name, kernel, from, to } of resnetUnits(width)) {
    weights[`${name}.filter`] = heNormal([kernel, kernel, from, to], random);
    weights[`${name}.gain`] = constant(to, 1);
    weights[`${name}.offset`] = constant(to, 0);
  }
  weights['head.filter'] = heNormal([resnetEmbeddingSize(width), outputs], random, Math.SQRT1_2);
  weights['head.offset'] = constant(outputs, 0);
  return weights;
}

/** Running mean 0 and variance 1 of every unit. */
export function resnetStatistics(width: number): NamedArrays {
  return Object.fromEntries(
    resnetUnits(width).flatMap(({ name, to }) => [
      [`${name}.mean`, constant(to, 0)],
      [`${name}.variance`, constant(to, 1)],
    ]),
  );
}

export class TrainingResnet {
  readonly parameters: Parameters;
  readonly statistics: Parameters;
  readonly #width: number;
  readonly #observed: { name: string; mean: Tensor1D; variance: Tensor1D }[] = [];

  constructor(width: number, weights: NamedArrays, statistics: NamedArrays) {
    this.#width = width;
    this.parameters = new Parameters(weights);
    this.statistics = new Parameters(statistics);
  }

  get variables(): Variable[] {
    return this.parameters.variables;
  }

  /** All that a checkpoint needs: weights and running statistics. */
  async arrays(): Promise<NamedArrays> {
    return { ...(await this.parameters.arrays()), ...(await this.statistics.arrays()) };
  }

  /** Features with the statistics of the batch. @returns [batch, n] */
  features(x: Tensor4D): Tensor2D {
    return resnetFeatures(this.#width, x, ({ name, stride, relu }, input) => {
      const y = convolve(input, this.parameters.get<Tensor4D>(`${name}.filter`), null, stride);
      const gain = this.parameters.get<Tensor1D>(`${name}.gain`);
      const offset = this.parameters.get<Tensor1D>(`${name}.offset`);
      const normal = batchNorm(y, gain, offset, (mean, variance) => {
        this.#observed.push({ name, mean: tf.keep(mean), variance: tf.keep(variance) });
      });
      return relu ? normal.relu() : normal;
    });
  }

  /** The head's answer. @returns [batch, outputs] */
  scores(features: Tensor2D): Tensor2D {
    return classScores(this.parameters, features);
  }

  /** Takes the statistics of the batches seen since the last call into the running ones. */
  learnStatistics(): void {
    for (const { name, mean, variance } of this.#observed.splice(0))
      for (const [key, value] of [
        [`${name}.mean`, mean],
        [`${name}.variance`, variance],
      ] as const) {
        tf.tidy(() => {
          const running = this.statistics.get(key) as Variable;
          running.assign(running.mul(1 - MOMENTUM).add(value.mul(MOMENTUM)));
        });
        value.dispose();
      }
  }

  /**
   * Filter and offset of every unit with its batch normalisation folded in:
   * gain (w x - mean) / sqrt(variance + eps) + offset = w' x + offset'.
   */
  async folded(): Promise<NamedArrays> {
    const weights = await this.parameters.arrays();
    const statistics = await this.statistics.arrays();
    const folded: NamedArrays = {};
    for (const { name, to } of resnetUnits(this.#width)) {
      const of = (arrays: NamedArrays, key: string) => arrays[`${name}.${key}`]!.values;
      const variance = of(statistics, 'variance');
      const scale = of(weights, 'gain').map((gain, c) => gain / Math.sqrt(variance[c]! + BATCH_NORM_EPSILON));
      const mean = of(statistics, 'mean');
      folded[`${name}.filter`] = {
        shape: weights[`${name}.filter`]!.shape,
        values: of(weights, 'filter').map((value, i) => value * scale[i % to]!),
      };
      folded[`${name}.offset`] = {
        shape: [to],
        values: of(weights, 'offset').map((offset, c) => offset - mean[c]! * scale[c]!),
      };
    }
    return { ...folded, 'head.filter': weights['head.filter']!, 'head.offset': weights['head.offset']! };
  }

  dispose(): void {
    for (const { mean, variance } of this.#observed.splice(0)) tf.dispose([mean, variance]);
    this.parameters.dispose();
    this.statistics.dispose();
  }
}
