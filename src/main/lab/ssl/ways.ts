/** @file Ways to hide a view from an encoder that has to match it with another view of the same image. */
import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { AdamW } from '../../models/optimizer';
import { Parameters } from '../../models/parameters';
import type { NamedArrays, Normalisation } from '../../models/spec';
import { ADIOS, adiosMasks, darkened, sparsity } from '../../noise/adios';
import { GRID, randomPatches } from '../../noise/maskers/removal';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import { Adversary, BUDGETS, LEAST_NOISE } from '../../training/jobs/minMax';
import type { Beside } from '../../training/jobs/ownEncoder';
import { networkAnswer, networkWeights } from '../images/network';
import type { Way } from './types';

/** Of an image's patches; as much as one of ADIOS' four masks covers in the mean. */
export const PATCHES = 0.25;
const { masks: MASKS, lambda: LAMBDA } = ADIOS;
const RATE = 3e-3;

/** A model that is trained against the encoder. */
interface Opponent extends Beside {
  maximise(step: number, loss: () => Scalar): void;
  dispose(): void;
}

/** One view of one step, with what is drawn for it. */
interface Hiding {
  view(): Tensor4D;
  /** Those that an opponent is trained by, differentiable with respect to its weights; absent: `view` alone. */
  opposed?: () => Tensor4D[];
  /** What an opponent pays for its masks; absent: nothing. */
  cost?: () => Scalar;
  dispose(): void;
}

export interface Occluder {
  opponent: Opponent | null;
  /** @param x an augmented view [batch, size, size, 3] @param noise the highest sigma at this step, above 0 */
  hide(x: Tensor4D, noise: number, random: Random, normalisation: Normalisation): Hiding;
}

/** @returns null for `none` */
export function occluder(way: Way, seed: number): Occluder | null {
  switch (way) {
    case 'none':
      return null;
    case 'patches':
      return { opponent: null, hide: patches };
    case 'uniform':
      return { opponent: null, hide: uniformNoise };
    case 'adios':
      return adios(new AdiosOpponent(seed));
    case 'learned':
      return learnedNoise(new Adversary(seed));
  }
}

/** Patches at random become the mean colour, which is 0. */
function patches(x: Tensor4D, _noise: number, random: Random): Hiding {
  const [batch, size] = x.shape;
  const kept = new Float32Array(batch * size * size);
  for (let i = 0; i < batch; i++) {
    const hidden = randomPatches(Math.round(PATCHES * GRID * GRID), random);
    for (let p = 0; p < size * size; p++) {
      const row = Math.floor((Math.floor(p / size) * GRID) / size);
      kept[i * size * size + p] = 1 - hidden[row * GRID + Math.floor(((p % size) * GRID) / size)]!;
    }
  }
  return { view: () => tf.tidy(() => x.mul(tf.tensor4d(kept, [batch, size, size, 1]))), dispose: () => {} };
}

/** sigma of the same entropy (Eq. 2) as learned noise at a budget: the mean of log sigma is the same. */
export const uniformSigma = (budget: number, highest: number): number =>
  highest * LEAST_NOISE ** (1 - budget);

/** The same noise at every pixel, with the entropy that learned noise of this step would have. */
function uniformNoise(x: Tensor4D, noise: number, random: Random): Hiding {
  const eps = standardNormals(x.shape, random);
  const sigma = uniformSigma(random.uniform(...BUDGETS), noise);
  const view = () => tf.tidy(() => noisyView(x, tf.fill([1, 1, 1, 1], sigma) as Tensor4D, eps));
  return { view, dispose: () => eps.dispose() };
}

const learnedNoise = (adversary: Adversary): Occluder => ({
  opponent: adversary,
  hide: (x, noise, random) => {
    const eps = standardNormals(x.shape, random);
    const budget = random.uniform(...BUDGETS);
    return {
      view: () => adversary.noisy(x, eps, budget, noise),
      opposed: () => adversary.mirrored(x, eps, budget, noise),
      dispose: () => eps.dispose(),
    };
  },
});

const adios = (opponent: AdiosOpponent): Occluder => ({
  opponent,
  hide: (x, _noise, random, { mean, std }) => {
    const chosen = random.below(MASKS);
    const black = mean.map((value) => -value / std) as [number, number, number];
    return {
      view: () =>
        tf.tidy(() => darkened(x, opponent.masks(x).slice([0, 0, 0, chosen], [-1, -1, -1, 1]), black)),
      cost: () => tf.tidy(() => sparsity(opponent.masks(x)).mul(LAMBDA) as Scalar),
      dispose: () => {},
    };
  },
});

/** ADIOS' masks: a softmax over the maps of a U-Net. */
class AdiosOpponent implements Opponent {
  readonly #parameters: Parameters;
  #optimizer: AdamW | null = null;

  constructor(seed: number) {
    this.#parameters = new Parameters(networkWeights(new Random(seed, 0, 'adios'), 4, MASKS));
  }

  begin(steps: number): void {
    this.#optimizer = new AdamW(this.#parameters.variables, { learningRate: RATE, steps });
  }

  /** @returns [batch, size, size, MASKS] */
  masks(x: Tensor4D): Tensor4D {
    return tf.tidy(() => adiosMasks(networkAnswer(this.#parameters, x), x.shape[1]));
  }

  maximise(step: number, loss: () => Scalar): void {
    this.#optimizer!.minimise(step, () => loss().neg() as Scalar).dispose();
  }

  arrays(): Promise<NamedArrays> {
    return this.#parameters.arrays();
  }

  dispose(): void {
    this.#parameters.dispose();
    this.#optimizer?.dispose();
  }
}
