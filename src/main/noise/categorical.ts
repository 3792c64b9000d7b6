/**
 * @file A pixel as a categorical distribution over its 256 values, p(k) ~ exp(-(k - x)^2 / 2 sigma^2), and its differentiable
 * sample by Gumbel-softmax (Jang et al. 2016): the paper's first attempt, which it found unstable (section 3).
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { Random } from './random';

const VALUES = 256;

function probabilities(value: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: VALUES }, (_, k) =>
    Math.exp(-(((k - value) / sigma) ** 2) / 2),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** The table's axes: values evenly over 0..255, sigmas evenly in their logarithm. */
const LEVELS = 18;
const SIGMAS = 64;
const [LEAST, MOST] = [0.05, 400];
let table: Float32Array | null = null;

/** Entropy in bits of the distribution around a value; from a table, within 0.05 bits. */
export function categoricalBits(value: number, sigma: number): number {
  table ??= tabulate();
  const row = Math.min(Math.max(value, 0), 255) * ((LEVELS - 1) / 255);
  const column =
    (Math.log(Math.min(Math.max(sigma, LEAST), MOST) / LEAST) / Math.log(MOST / LEAST)) * (SIGMAS - 1);
  const [r, c] = [Math.min(Math.floor(row), LEVELS - 2), Math.min(Math.floor(column), SIGMAS - 2)];
  const [fr, fc] = [row - r, column - c];
  const at = (i: number, j: number) => table![i * SIGMAS + j]!;
  return (
    (at(r, c) * (1 - fc) + at(r, c + 1) * fc) * (1 - fr) +
    (at(r + 1, c) * (1 - fc) + at(r + 1, c + 1) * fc) * fr
  );
}

function tabulate(): Float32Array {
  const filled = new Float32Array(LEVELS * SIGMAS);
  for (let i = 0; i < LEVELS; i++)
    for (let j = 0; j < SIGMAS; j++)
      for (const p of probabilities((255 * i) / (LEVELS - 1), LEAST * (MOST / LEAST) ** (j / (SIGMAS - 1))))
        if (p > 0) filled[i * SIGMAS + j]! -= p * Math.log2(p);
  return filled;
}

/** One draw: a rounded normal, drawn again where it falls outside 0..255. */
export function drawCategorical(value: number, sigma: number, random: Random): number {
  for (;;) {
    const drawn = Math.round(value + sigma * random.normal());
    if (drawn >= 0 && drawn < VALUES) return drawn;
  }
}

/** Standard Gumbel variables: the maximum of logits plus these is a draw from their softmax. */
export function gumbels(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => -Math.log(-Math.log(random.uniform())));
}

/**
 * The relaxed sample: the mean of the 256 values under softmax((log p + g) / temperature), differentiable with respect to sigma.
 * Cold it is a draw, but its gradient is rarely other than zero; warm it is an average, with less noise than p says.
 * @param x in 8-bit steps [batch, h, w, 3] @param sigma in 8-bit steps [batch, h, w, 1] @param g [batch h w 3, 256]
 */
export function gumbelView(x: Tensor4D, sigma: Tensor4D, g: Tensor2D, temperature: number): Tensor4D {
  return tf.tidy(() => {
    const k = tf.range(0, VALUES).reshape([1, VALUES]);
    const away = x.reshape([-1, 1]).sub(k);
    const widths = sigma.tile([1, 1, 1, 3]).reshape([-1, 1]);
    const logits = away.div(widths).square().div(-2);
    const soft = tf.softmax(logits.add(g).div(temperature));
    return soft.mul(k).sum(1).reshape(x.shape) as Tensor4D;
  });
}
