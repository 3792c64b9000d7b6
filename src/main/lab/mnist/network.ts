/** @file 784-2000-2000 and its mirror image (section 5.1), and the mask model beside it. */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { constant, heNormal } from '../../models/layers';
import type { Parameters } from '../../models/parameters';
import type { NamedArrays } from '../../models/spec';
import type { Random } from '../../noise/random';
import { DIGITS, type Digits, PIXELS } from './digits';

/** Length of both hidden layers; the tests train smaller ones. */
export const HIDDEN = 2000;
const MASK_HIDDEN = 500;
const SMALL = 0.05;

export function layer(name: string, from: number, to: number, random: Random, gain = 1): NamedArrays {
  return {
    [`${name}.filter`]: heNormal([from, to], random, gain),
    [`${name}.offset`]: constant(to, 0),
  };
}

export function dense(parameters: Parameters, name: string, x: Tensor2D): Tensor2D {
  return x
    .matMul(parameters.get<Tensor2D>(`${name}.filter`))
    .add(parameters.get(`${name}.offset`)) as Tensor2D;
}

export function encoderWeights(hidden: number, random: Random): NamedArrays {
  return { ...layer('first', PIXELS, hidden, random), ...layer('second', hidden, hidden, random) };
}

export function decoderWeights(hidden: number, random: Random): NamedArrays {
  return { ...layer('third', hidden, hidden, random), ...layer('fourth', hidden, PIXELS, random) };
}

export function maskWeights(outputs: number, random: Random): NamedArrays {
  return {
    ...layer('mask.first', PIXELS, MASK_HIDDEN, random),
    ...layer('mask.second', MASK_HIDDEN, outputs, random, SMALL),
  };
}

/** @returns [batch, hidden] */
export function encode(parameters: Parameters, x: Tensor2D): Tensor2D {
  return dense(parameters, 'second', dense(parameters, 'first', x).relu()).relu();
}

/** @returns log-odds of every pixel's being white, [batch, 784] */
export function decode(parameters: Parameters, z: Tensor2D): Tensor2D {
  return dense(parameters, 'fourth', dense(parameters, 'third', z).relu());
}

export function maskAnswer(parameters: Parameters, x: Tensor2D): Tensor2D {
  return dense(parameters, 'mask.second', dense(parameters, 'mask.first', x).relu());
}

/** Cross entropy of grey values as probabilities, mean over pixels, in nats. */
export function reconstructionLoss(logits: Tensor2D, x: Tensor2D): Scalar {
  return tf.tidy(() => logits.softplus().sub(logits.mul(x)).mean() as Scalar);
}

export function classLoss(scores: Tensor2D, labels: Tensor2D): Scalar {
  return tf.tidy(() => labels.mul(tf.logSoftmax(scores)).sum(1).mean().neg() as Scalar);
}

export function batchOf(digits: Digits, picks: Uint32Array): { x: Tensor2D; labels: Tensor2D } {
  const values = new Float32Array(picks.length * PIXELS);
  picks.forEach((pick, i) => {
    values.set(digits.images.subarray(pick * PIXELS, (pick + 1) * PIXELS), i * PIXELS);
  });
  const named = Int32Array.from(picks, (pick) => digits.labels[pick]!);
  return {
    x: tf.tensor2d(values, [picks.length, PIXELS]),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(named, 'int32'), DIGITS).toFloat() as Tensor2D),
  };
}

const FEATURE_BATCH = 500;
/** Features of every digit, row by row. */
export async function featuresOf(
  digits: Digits,
  size: number,
  embed: (x: Tensor2D) => Tensor2D,
): Promise<Float32Array> {
  const features = new Float32Array(digits.count * size);
  for (let from = 0; from < digits.count; from += FEATURE_BATCH) {
    const rows = Math.min(FEATURE_BATCH, digits.count - from);
    const x = tf.tensor2d(digits.images.subarray(from * PIXELS, (from + rows) * PIXELS), [rows, PIXELS]);
    const z = tf.tidy(() => embed(x));
    features.set(await z.data<'float32'>(), from * size);
    tf.dispose([x, z]);
  }
  return features;
}
