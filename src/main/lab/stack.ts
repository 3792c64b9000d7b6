/** @file Many small networks at once: one batched matrix product a layer trains all members of a stack. */
import type { Scalar, Tensor, Tensor3D, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { Random } from '../noise/random';

/**
 * 2-layer perceptrons with ReLU side by side, each with weights of its own. Members with the same seed begin equal, so
 * that what differs between them is only what they are trained on.
 */
export class StackedMlp {
  readonly variables: Variable[];

  constructor(members: number, inputs: number, hidden: number, outputs: number, random: Random) {
    const layer = (from: number, to: number): Variable[] => {
      const values = random.normals(new Float32Array(from * to), Math.sqrt(2 / from));
      return tf.tidy(() => [
        tf.variable(tf.tensor3d(values, [1, from, to]).tile([members, 1, 1])),
        tf.variable(tf.zeros([members, 1, to])),
      ]);
    };
    this.variables = [...layer(inputs, hidden), ...layer(hidden, outputs)];
  }

  /**
   * @param x [members, batch, inputs]
   * @param members run only so many, from the first; without gradient
   * @returns [members, batch, outputs]
   */
  run(x: Tensor, members?: number): Tensor3D {
    return tf.tidy(() => {
      const all = this.variables as unknown as Tensor3D[];
      const used = members === undefined ? all : all.map((variable) => firstOf(variable, members));
      const [first, firstOffset, second, secondOffset] = used;
      const hidden = tf
        .matMul(x as Tensor3D, first!)
        .add(firstOffset!)
        .relu() as Tensor3D;
      return tf.matMul(hidden, second!).add(secondOffset!) as Tensor3D;
    });
  }

  dispose(): void {
    tf.dispose(this.variables);
  }
}

/** The first of a stack's members. @param x [members, ...] */
export function firstOf<T extends Tensor>(x: T, members: number): T {
  return x.slice(0, members);
}

/**
 * Cross entropy in nats of every member.
 * @param scores [members, batch, classes] @param labels one-hot [1, batch, classes] @returns [members]
 */
export function crossEntropy(scores: Tensor, labels: Tensor): Tensor {
  return tf.tidy(() => tf.logSoftmax(scores).mul(labels).sum(2).mean(1).neg());
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam (Kingma and Ba 2015) with a rate that falls along half a cosine. Nothing couples the members: no clipping by norm. */
export class CosineAdam {
  readonly #variables: Variable[];
  readonly #rate: number;
  readonly #steps: number;
  readonly #moments: { mean: Variable; square: Variable }[];

  constructor(variables: Variable[], rate: number, steps: number) {
    this.#variables = variables;
    this.#rate = rate;
    this.#steps = steps;
    this.#moments = variables.map(({ shape }) => ({
      mean: tf.tidy(() => tf.variable(tf.zeros(shape))),
      square: tf.tidy(() => tf.variable(tf.zeros(shape))),
    }));
  }

  /** @param step counted from 0 @param loss of every member, [members] */
  minimise(step: number, loss: () => Tensor): void {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => loss().sum() as Scalar, this.#variables);
      const rate = (this.#rate / 2) * (1 + Math.cos((Math.PI * step) / this.#steps));
      const unbiased = (rate * Math.sqrt(1 - BETA2 ** (step + 1))) / (1 - BETA1 ** (step + 1));
      for (const [i, variable] of this.#variables.entries()) {
        const { mean, square } = this.#moments[i]!;
        const gradient = grads[variable.name]!;
        mean.assign(mean.mul(BETA1).add(gradient.mul(1 - BETA1)));
        square.assign(square.mul(BETA2).add(gradient.square().mul(1 - BETA2)));
        variable.assign(variable.sub(mean.mul(unbiased).div(square.sqrt().add(EPSILON))));
      }
    });
  }

  dispose(): void {
    for (const { mean, square } of this.#moments) tf.dispose([mean, square]);
  }
}
