import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { copyOf } from './parameters';
import type { NamedArrays } from './spec';

export interface AdamWOptions {
  /** The highest learning rate of the cycle. */
  learningRate: number;
  /** Length of the cycle. */
  steps: number;
  /** Share of every weight that a step at a learning rate of 1 would take away; default 0.01. */
  weightDecay?: number;
  /** Gradients are scaled down to this norm over all weights. */
  clipNorm?: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Share of the cycle in which the learning rate rises, and where it begins and ends relative to its highest. */
const RISE = 0.3;
const START = 1 / 25;
const END = 1e-4 / 25;

/**
 * AdamW (Loshchilov and Hutter 2019) under a one-cycle schedule (Smith 2018), over all weights as one vector: few
 * operations a step, one norm to clip by, and two arrays to keep in a checkpoint.
 */
export class AdamW {
  readonly #variables: Variable[];
  readonly #options: Required<AdamWOptions>;
  readonly #mean: Variable;
  readonly #square: Variable;

  /** @param state arrays of a checkpoint, as `arrays` gave them */
  constructor(variables: Variable[], options: AdamWOptions, state?: NamedArrays) {
    this.#variables = variables;
    const { weightDecay = 0.01, clipNorm = 1 } = options;
    this.#options = { ...options, weightDecay, clipNorm };
    const length = variables.reduce((sum, { size }) => sum + size, 0);
    const begin = (name: string): Variable =>
      tf.tidy(() => tf.variable(state ? this.#packed(state[name]!.values) : tf.zeros([length])));
    this.#mean = begin('adam.mean');
    this.#square = begin('adam.square');
  }

  /**
   * One step down the gradient of `loss`.
   * @param step counted from 0 @returns the loss before the step, to read and dispose
   */
  minimise(step: number, loss: () => Scalar): Scalar {
    return tf.tidy(() => this.minimiseAt(this.pace(step), loss));
  }

  /**
   * What `minimiseAt` needs to know of a step, as tensors, because in a repeated computation they are inputs: the learning rate, and what
   * the two moments are to be divided by because they began at zero.
   * @param step counted from 0
   */
  pace(step: number): Scalar[] {
    const rate = oneCycle(step, this.#options.steps, this.#options.learningRate);
    return [rate, 1 - BETA1 ** (step + 1), 1 - BETA2 ** (step + 1)].map((value) => tf.scalar(value));
  }

  /** As `minimise`. @param pace of the step */
  minimiseAt(pace: Scalar[], loss: () => Scalar): Scalar {
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, this.#variables);
      const gradient = tf.concat(
        this.#variables.map(({ name, size }) => (grads[name] ? flat(grads[name]) : tf.zeros([size]))),
      ) as Tensor1D;
      this.#update(pace, gradient);
      return value;
    });
  }

  #update(pace: Scalar[], gradient: Tensor1D): void {
    const { weightDecay, clipNorm } = this.#options;
    const [rate, ofMean, ofSquare] = pace as [Scalar, Scalar, Scalar];
    const norm = gradient.square().sum().sqrt();
    const clipped = gradient.mul(tf.minimum(1, tf.div(clipNorm, norm.add(1e-6))));
    const mean = this.#mean.mul(BETA1).add(clipped.mul(1 - BETA1));
    const square = this.#square.mul(BETA2).add(clipped.square().mul(1 - BETA2));
    this.#mean.assign(mean);
    this.#square.assign(square);
    const direction = mean.div(ofMean).div(square.div(ofSquare).sqrt().add(EPSILON));
    const weights = tf.concat(this.#variables.map(flat)) as Tensor1D;
    const moved = weights.mul(tf.sub(1, rate.mul(weightDecay))).sub(direction.mul(rate)) as Tensor1D;
    const parts = this.#unpacked(moved);
    this.#variables.forEach((variable, i) => {
      variable.assign(parts[i]!);
    });
  }

  /** Moments as a checkpoint has them: each weight's in the order of its own axes. */
  async arrays(): Promise<NamedArrays> {
    const kept = async (moment: Variable) => {
      const inOrder = tf.tidy(() =>
        tf.concat(this.#unpacked(moment as unknown as Tensor1D).map((part) => part.flatten())),
      );
      const values = await copyOf(inOrder);
      inOrder.dispose();
      return { shape: [values.length], values };
    };
    return { 'adam.mean': await kept(this.#mean), 'adam.square': await kept(this.#square) };
  }

  /** What `arrays` gave, as the vector that steps work on. */
  #packed(values: Float32Array): Tensor1D {
    let from = 0;
    const parts = this.#variables.map(({ shape, size }) => {
      from += size;
      return flat(tf.tensor(values.subarray(from - size, from), shape));
    });
    return tf.concat(parts) as Tensor1D;
  }

  #unpacked(vector: Tensor1D): Tensor[] {
    const parts = tf.split(
      vector,
      this.#variables.map(({ size }) => size),
    );
    return parts.map((part, i) => shaped(part, this.#variables[i]!.shape));
  }

  dispose(): void {
    this.#mean.dispose();
    this.#square.dispose();
  }
}

/** Filters [height, width, in, out] lie as [out, in, height, width] in the vector, as ONNX Runtime wants to convolve with them. */
const OUT_FIRST = [3, 2, 0, 1];
const OUT_LAST = [2, 3, 1, 0];

function flat(weight: Tensor): Tensor {
  return (weight.rank === 4 ? weight.transpose(OUT_FIRST) : weight).flatten();
}

function shaped(part: Tensor, shape: number[]): Tensor {
  return shape.length === 4
    ? part.reshape(OUT_FIRST.map((axis) => shape[axis]!)).transpose(OUT_LAST)
    : part.reshape(shape);
}

/** Learning rate at a step: up along half a cosine, then down along another, almost to zero. */
export function oneCycle(step: number, steps: number, highest: number): number {
  const peak = Math.max(RISE * steps - 1, 0);
  const last = Math.max(steps - 1, peak + 1);
  return step <= peak
    ? between(START, 1, peak === 0 ? 1 : step / peak) * highest
    : between(1, END, Math.min((step - peak) / (last - peak), 1)) * highest;
}

function between(from: number, to: number, part: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * part));
}
