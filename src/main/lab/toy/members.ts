import type { Tensor, Variable } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { Random } from '../../noise/random';
import { firstOf, StackedMlp } from '../stack';

const KINDS = ['learned', 'bounded', 'fixed'] as const;
/** How far log sigma of a dimension may lie from their mean: as far as it likes, by 1, not at all. */
const LIMIT: Record<(typeof KINDS)[number], number> = { learned: 1e9, bounded: 1, fixed: 0 };

/** The noise models of every kind and level: all of one level have the same entropy at every point. */
export class ToyMembers {
  readonly count: number;
  readonly #levels: number;
  readonly #model: StackedMlp;
  readonly #logSigma: Tensor;
  readonly #limit: Tensor;

  constructor(sigmas: number[], hidden: number, seed: number) {
    this.#levels = sigmas.length;
    this.count = KINDS.length * sigmas.length;
    this.#model = new StackedMlp(this.count, 2, hidden, 2, new Random(seed, 0, 'noise model'));
    const column = (values: number[]) => tf.tensor3d(values, [this.count, 1, 1]);
    this.#logSigma = column(KINDS.flatMap(() => sigmas.map((sigma) => Math.log(sigma))));
    this.#limit = column(KINDS.flatMap((kind) => sigmas.map(() => LIMIT[kind])));
  }

  get variables(): Variable[] {
    return this.#model.variables;
  }

  indexOf(level: number, kind: (typeof KINDS)[number]): number {
    return KINDS.indexOf(kind) * this.#levels + level;
  }

  /**
   * Standard deviations of the noise at every point. Subtracting the mean over the two dimensions projects log sigma onto
   * what Eq. 2 fixes: its sum.
   * @param x [1, n, 2] @param members only the first so many @returns [members, n, 2]
   */
  deviations(x: Tensor, members = this.count): Tensor {
    return tf.tidy(() => {
      const input = x.div(10).tile([members, 1, 1]);
      const a = members === this.count ? this.#model.run(input) : this.#model.run(input, members);
      const uneven = a.sub(a.mean(2, true));
      const limit = firstOf(this.#limit, members);
      return tf.minimum(tf.maximum(uneven, limit.neg()), limit).add(firstOf(this.#logSigma, members)).exp();
    });
  }

  /** Reparameterised: x + sigma eps. */
  noisy(x: Tensor, sigma: Tensor, eps: Tensor): Tensor {
    return tf.tidy(() => x.add(sigma.mul(eps)));
  }

  /** The learned members alone, which come first. @param x [members, ...] */
  learned(x: Tensor): Tensor {
    return firstOf(x, this.#levels);
  }

  dispose(): void {
    this.#model.dispose();
    tf.dispose([this.#logSigma, this.#limit]);
  }
}
