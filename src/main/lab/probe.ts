/** @file How much of the classes is in frozen features: a linear probe. */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { constant } from '../models/layers';
import { AdamW } from '../models/optimizer';
import { Parameters } from '../models/parameters';
import { Random } from '../noise/random';

export interface Features {
  /** Row by row, [count, size]. */
  values: Float32Array;
  labels: ArrayLike<number>;
}

export interface ProbePlan {
  classes: number;
  epochs: number;
  batch: number;
  seed: number;
}

const RATE = 1e-2;
const PENALTY = 1e-4;
const TEST_BATCH = 500;
const BREATHE_EVERY = 20;

/** Epochs of random order that follow one another without a gap. */
export function picksAt(step: number, batch: number, count: number, seed: number): Uint32Array {
  const perEpoch = Math.floor(count / batch);
  const order = new Random(seed, Math.floor(step / perEpoch), 'order of examples').permutation(count);
  const from = (step % perEpoch) * batch;
  return order.slice(from, from + batch);
}

/** Logistic regression on features that are centred and scaled. @returns share of test examples that it gets wrong */
export async function probeError(
  train: Features,
  test: Features,
  { classes, epochs, batch, seed }: ProbePlan,
  breathe: () => Promise<void>,
): Promise<number> {
  const size = train.values.length / train.labels.length;
  const { mean, scale } = standardisation(train.values, size);
  const filterWeights = { shape: [size, classes], values: new Float32Array(size * classes) };
  const parameters = new Parameters({ filter: filterWeights, offset: constant(classes, 0) });
  const steps = epochs * Math.floor(train.labels.length / batch);
  const optimizer = new AdamW(parameters.variables, { learningRate: RATE, steps, weightDecay: 0 });
  const filter = parameters.get<Tensor2D>('filter');
  const scores = (z: Tensor): Tensor2D =>
    z.sub(mean).mul(scale).matMul(filter).add(parameters.get<Tensor1D>('offset')) as Tensor2D;
  try {
    for (let step = 0; step < steps; step++) {
      if (step % BREATHE_EVERY === 0) await breathe();
      const picks = picksAt(step, batch, train.labels.length, seed);
      const z = rowsOf(train.values, size, picks);
      const named = Int32Array.from(picks, (pick) => train.labels[pick]!);
      const labels = tf.tidy(() => tf.oneHot(tf.tensor1d(named, 'int32'), classes).toFloat());
      const loss = optimizer.minimise(step, () => {
        const entropy = labels
          .mul(tf.logSoftmax(scores(z)))
          .sum(1)
          .mean()
          .neg();
        return entropy.add(
          filter
            .square()
            .sum()
            .mul(PENALTY / 2),
        ) as Scalar;
      });
      await loss.data();
      tf.dispose([z, labels, loss]);
    }
    let wrong = 0;
    for (let from = 0; from < test.labels.length; from += TEST_BATCH) {
      const count = Math.min(TEST_BATCH, test.labels.length - from);
      const z = tf.tensor2d(test.values.subarray(from * size, (from + count) * size), [count, size]);
      const answers = tf.tidy(() => scores(z).argMax(1));
      const named = await answers.data();
      for (let i = 0; i < count; i++) if (named[i] !== test.labels[from + i]) wrong++;
      tf.dispose([z, answers]);
    }
    return wrong / test.labels.length;
  } finally {
    mean.dispose();
    parameters.dispose();
    optimizer.dispose();
  }
}

function rowsOf(all: Float32Array, size: number, picks: Uint32Array): Tensor2D {
  const rows = new Float32Array(picks.length * size);
  picks.forEach((pick, i) => {
    rows.set(all.subarray(pick * size, (pick + 1) * size), i * size);
  });
  return tf.tensor2d(rows, [picks.length, size]);
}

/** Features to mean zero, and one scale for all: single rare features, scaled up one by one, would be learned by heart. */
function standardisation(features: Float32Array, size: number): { mean: Tensor1D; scale: number } {
  const sums = new Float64Array(size);
  let squares = 0;
  for (let i = 0; i < features.length; i++) {
    sums[i % size]! += features[i]!;
    squares += features[i]! ** 2;
  }
  const count = features.length / size;
  const mean = Float32Array.from(sums, (sum) => sum / count);
  const variance = squares / features.length - mean.reduce((sum, value) => sum + value ** 2, 0) / size;
  return { mean: tf.tensor1d(mean), scale: 1 / Math.sqrt(Math.max(variance, 1e-12)) };
}
