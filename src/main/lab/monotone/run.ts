/**
 * @file Figure 1 of the paper as a measurement: noise removes information, the more the stronger it is; multiplying by a
 * mask does not, because a reader can divide again, until the result is rounded.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { Random } from '../../noise/random';
import { CosineAdam, crossEntropy, StackedMlp } from '../stack';
import type { Breathe, LabConfig } from '../types';
import {
  gaussianBits,
  noisyAccuracy,
  noisyBits,
  quantisedBits,
  sourceDeviation,
  sourceValues,
} from './closedForm';
import type { MonotonePoint, MonotoneReport } from './types';

const LEVELS = 16;
const SIGMAS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 4, 8];
const FACTORS = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.004];
const STEPS = 1500;
const QUICK_STEPS = 500;
const BATCH = 256;
const HIDDEN = 32;
const RATE = 2e-2;
/** Deviation of what a decoder reads: neighbouring values then lie about one apart, which it learns to tell soonest. */
const READ = 4;
const TEST_BATCH = 2000;
const TEST_BATCHES = 10;

/** How one member of the stack hides its pixels. */
interface Hiding {
  sigma: number;
  factor: number;
  rounded: boolean;
}

/** Trains a decoder for every strength. @param breathe called with the steps done and all steps */
export async function runMonotone(
  { seed, seeds, quick }: LabConfig,
  breathe: Breathe,
): Promise<MonotoneReport> {
  const steps = quick ? QUICK_STEPS : STEPS;
  const hidings: Hiding[] = [
    ...SIGMAS.map((sigma) => ({ sigma, factor: 1, rounded: false })),
    ...FACTORS.map((factor) => ({ sigma: 0, factor, rounded: false })),
    ...FACTORS.map((factor) => ({ sigma: 0, factor, rounded: true })),
  ];
  const points = hidings.map(expected);
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  for (const [i, one] of list.entries()) {
    const measured = await repetition(one, hidings, steps, (done) =>
      breathe(i * steps + done, seeds * steps),
    );
    measured.forEach(({ bits, accuracy }, k) => {
      points[k]!.measuredBits.push(bits);
      points[k]!.accuracy.push(accuracy);
    });
  }
  const noise = points.slice(0, SIGMAS.length).map((point) => ({
    ...point,
    gaussianBits: gaussianBits(point.strength),
  }));
  const mask = points.slice(SIGMAS.length, SIGMAS.length + FACTORS.length);
  const quantised = points.slice(SIGMAS.length + FACTORS.length);
  return { experiment: 'monotone', seeds: list, steps, levels: LEVELS, noise, mask, quantised };
}

function expected({ sigma, factor, rounded }: Hiding): MonotonePoint {
  const measured = { measuredBits: [], accuracy: [] };
  if (sigma > 0) {
    const steps = sigma * sourceDeviation(LEVELS);
    return {
      strength: sigma,
      bits: noisyBits(LEVELS, steps),
      bestAccuracy: noisyAccuracy(LEVELS, steps),
      ...measured,
    };
  }
  // Multiplication by a known factor above zero is undone by division.
  const { bits, accuracy } = rounded
    ? quantisedBits(LEVELS, factor)
    : { bits: Math.log2(LEVELS), accuracy: 1 };
  return { strength: factor, bits, bestAccuracy: accuracy, ...measured };
}

async function repetition(
  seed: number,
  hidings: Hiding[],
  steps: number,
  breathe: (done: number) => Promise<void>,
): Promise<{ bits: number; accuracy: number }[]> {
  const count = hidings.length;
  const decoder = new StackedMlp(count, 1, HIDDEN, LEVELS, new Random(seed, 0, 'decoder'));
  const optimizer = new CosineAdam(decoder.variables, RATE, steps);
  try {
    for (let step = 0; step < steps; step++) {
      await breathe(step);
      const { y, labels } = draw(hidings, BATCH, new Random(seed, step, 'pixels'));
      optimizer.minimise(step, () => crossEntropy(decoder.run(y), labels));
      tf.dispose([y, labels]);
    }
    const loss = new Float64Array(count);
    const right = new Float64Array(count);
    for (let i = 0; i < TEST_BATCHES; i++) {
      const { y, labels } = draw(hidings, TEST_BATCH, new Random(seed, i, 'test pixels'));
      const [nats, hits] = tf.tidy(() => {
        const scores = decoder.run(y);
        return [crossEntropy(scores, labels), scores.argMax(2).equal(labels.argMax(2)).toFloat().mean(1)];
      });
      const [lost, hit] = await Promise.all([nats!.data(), hits!.data()]);
      for (let k = 0; k < count; k++) {
        loss[k]! += lost[k]! / TEST_BATCHES;
        right[k]! += hit[k]! / TEST_BATCHES;
      }
      tf.dispose([y, labels, nats!, hits!]);
    }
    return hidings.map((_, k) => ({
      // A decoder that is worse than a guess knows nothing; information is never below zero.
      bits: Math.max(0, Math.log2(LEVELS) - loss[k]! / Math.LN2),
      accuracy: right[k]!,
    }));
  } finally {
    decoder.dispose();
    optimizer.dispose();
  }
}

/**
 * Pixels as every decoder sees them: hidden, then brought back to mean 0 and the same deviation, for a decoder knows how its
 * pixels were hidden.
 * @returns y [members, n, 1] and one-hot labels [1, n, LEVELS]
 */
function draw(hidings: Hiding[], n: number, random: Random): { y: Tensor; labels: Tensor } {
  const values = sourceValues(LEVELS);
  const deviation = sourceDeviation(LEVELS);
  const chosen = Array.from({ length: n }, () => random.below(LEVELS));
  const eps = random.normals(new Float32Array(n));
  const y = new Float32Array(hidings.length * n);
  hidings.forEach(({ sigma, factor, rounded }, k) => {
    const spread = Math.sqrt(1 + sigma * sigma) * deviation * factor;
    for (let i = 0; i < n; i++) {
      // In single precision, as images are held.
      const hidden = Math.fround(Math.fround(values[chosen[i]!]! * factor) + sigma * deviation * eps[i]!);
      y[k * n + i] = (((rounded ? Math.round(hidden) : hidden) - 128 * factor) * READ) / spread;
    }
  });
  return {
    y: tf.tensor3d(y, [hidings.length, n, 1]),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(chosen, 'int32'), LEVELS).toFloat().expandDims(0)),
  };
}
