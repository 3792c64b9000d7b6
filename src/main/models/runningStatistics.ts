/** @file Batch normalisation in models that train and answer with the same weights. */
import type { Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { BATCH_NORM_EPSILON, batchNorm, constant } from './layers';
import { Parameters } from './parameters';
import type { NamedArrays } from './spec';

/** Share of the running statistics that a batch replaces. */
const MOMENTUM = 0.1;

const isStatistic = (name: string): boolean => name.endsWith('.mean') || name.endsWith('.variance');

/** Weights and statistics at the beginning of one normalised unit. */
export function normalisationWeights(name: string, channels: number): NamedArrays {
  return {
    [`${name}.gain`]: constant(channels, 1),
    [`${name}.offset`]: constant(channels, 0),
    [`${name}.mean`]: constant(channels, 0),
    [`${name}.variance`]: constant(channels, 1),
  };
}

/** The weights of a model: those that are trained, and the running mean and variance that batches leave behind. */
export class NormalisedParameters {
  readonly trained: Parameters;
  readonly #statistics: Parameters;
  readonly #observed: { name: string; mean: Tensor1D; variance: Tensor1D }[] = [];

  constructor(arrays: NamedArrays) {
    const entries = Object.entries(arrays);
    this.trained = new Parameters(Object.fromEntries(entries.filter(([name]) => !isStatistic(name))));
    this.#statistics = new Parameters(Object.fromEntries(entries.filter(([name]) => isStatistic(name))));
  }

  /**
   * Batch normalisation (Ioffe and Szegedy 2015) by the statistics of the batch, which `learnStatistics` takes into the
   * running ones, or by the running ones.
   * @param x [batch, h, w, c]
   */
  normalise(name: string, x: Tensor4D, training: boolean): Tensor4D {
    const gain = this.trained.get<Tensor1D>(`${name}.gain`);
    const offset = this.trained.get<Tensor1D>(`${name}.offset`);
    if (training)
      return batchNorm(x, gain, offset, (mean, variance) => {
        this.#observed.push({ name, mean: tf.keep(mean), variance: tf.keep(variance) });
      });
    const mean = this.#statistics.get<Tensor1D>(`${name}.mean`);
    const variance = this.#statistics.get<Tensor1D>(`${name}.variance`);
    const scale = gain.mul(variance.add(BATCH_NORM_EPSILON).rsqrt());
    return x.mul(scale).add(offset.sub(mean.mul(scale))) as Tensor4D;
  }

  learnStatistics(): void {
    for (const { name, mean, variance } of this.#observed.splice(0)) {
      this.#learn(`${name}.mean`, mean);
      this.#learn(`${name}.variance`, variance);
    }
  }

  async arrays(): Promise<NamedArrays> {
    return { ...(await this.trained.arrays()), ...(await this.#statistics.arrays()) };
  }

  dispose(): void {
    for (const { mean, variance } of this.#observed.splice(0)) tf.dispose([mean, variance]);
    this.trained.dispose();
    this.#statistics.dispose();
  }

  #learn(name: string, seen: Tensor1D): void {
    tf.tidy(() => {
      const running = this.#statistics.get(name) as Variable;
      running.assign(running.mul(1 - MOMENTUM).add(seen.mul(MOMENTUM)));
    });
    seen.dispose();
  }
}
