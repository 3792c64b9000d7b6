/** @file What can still be read of hidden pixels: one small reader for every masker and strength, trained on their views. */
import { tf } from '../../engine/tf';
import type { Masked, Pictures } from '../../noise/maskers/types';
import { Random } from '../../noise/random';
import { CosineAdam, crossEntropy, StackedMlp } from '../stack';

const CLASSES = 16;
export const SOURCE_BITS = Math.log2(CLASSES);
const INPUTS = 3;
const HIDDEN = 32;
const RATE = 2e-2;
const BATCH = 256;
const TRAIN_PIXELS = 12_000;
const TEST_PIXELS = 6_000;
/** Deviation of what a reader sees: neighbouring values then lie about one apart. */
const READ = 4;

/** Pixels of one masker at one strength, as its reader sees them. */
export interface ReaderPixels {
  /** The view, how many bits were lost, the view divided by what it was multiplied with; [pixels, 3]. */
  inputs: Float32Array;
  /** Which of 16 equally frequent ranges the pixel's value was in. */
  labels: Uint8Array;
}

/** The class of every 8-bit value, so that classes are as equally frequent as ties allow. */
export function valueClasses(values: Float32Array): Uint8Array {
  const counts = new Float64Array(256);
  for (const value of values) counts[value]!++;
  const classes = new Uint8Array(256);
  let below = 0;
  for (let value = 0; value < 256; value++) {
    const middle = (below + counts[value]! / 2) / values.length;
    classes[value] = Math.min(Math.floor(middle * CLASSES), CLASSES - 1);
    below += counts[value]!;
  }
  return classes;
}

/** Green values at random places; training pixels come from the first half of the images, test pixels from the second. */
export function drawPixels(
  { values, size, count }: Pictures,
  { view, bits, factor }: Masked,
  classes: Uint8Array,
  random: Random,
): ReaderPixels {
  const total = TRAIN_PIXELS + TEST_PIXELS;
  const half = Math.floor(count / 2) * size * size;
  const rest = count * size * size - half;
  const inputs = new Float32Array(total * INPUTS);
  const labels = new Uint8Array(total);
  for (let i = 0; i < total; i++) {
    const pixel = i < TRAIN_PIXELS ? random.below(half) : half + random.below(rest);
    const at = pixel * 3 + 1;
    const seen = view[at]!;
    inputs[i * INPUTS] = ((seen - 128) / 64) * READ;
    inputs[i * INPUTS + 1] = bits[pixel]! / 4;
    inputs[i * INPUTS + 2] = ((seen / (factor?.[pixel] ?? 1) - 128) / 64) * READ;
    labels[i] = classes[values[at]!]!;
  }
  return { inputs, labels };
}

/** @returns bits of information that every reader names of new pixels: the entropy of the labels less its cross entropy */
export async function readBits(
  all: ReaderPixels[],
  steps: number,
  seed: number,
  breathe: (done: number) => Promise<void>,
): Promise<number[]> {
  const readers = new StackedMlp(all.length, INPUTS, HIDDEN, CLASSES, new Random(seed, 0, 'readers'));
  const optimizer = new CosineAdam(readers.variables, RATE, steps);
  try {
    for (let step = 0; step < steps; step++) {
      await breathe(step);
      const random = new Random(seed, step, 'reading');
      const picks = Uint32Array.from({ length: BATCH }, () => random.below(TRAIN_PIXELS));
      const { x, labels } = batchOf(all, picks);
      optimizer.minimise(step, () => crossEntropy(readers.run(x), labels));
      tf.dispose([x, labels]);
    }
    const { x, labels } = batchOf(
      all,
      Uint32Array.from({ length: TEST_PIXELS }, (_, i) => TRAIN_PIXELS + i),
    );
    const nats = tf.tidy(() => crossEntropy(readers.run(x), labels));
    const losses = await nats.data();
    tf.dispose([x, labels, nats]);
    return all.map(({ labels: own }, k) =>
      Math.max(0, labelBits(own.subarray(TRAIN_PIXELS)) - losses[k]! / Math.LN2),
    );
  } finally {
    readers.dispose();
    optimizer.dispose();
  }
}

function batchOf(all: ReaderPixels[], picks: Uint32Array) {
  const inputs = new Float32Array(all.length * picks.length * INPUTS);
  const labels = new Float32Array(all.length * picks.length * CLASSES);
  all.forEach((pixels, k) => {
    picks.forEach((pick, i) => {
      const row = k * picks.length + i;
      inputs.set(pixels.inputs.subarray(pick * INPUTS, (pick + 1) * INPUTS), row * INPUTS);
      labels[row * CLASSES + pixels.labels[pick]!] = 1;
    });
  });
  return {
    x: tf.tensor3d(inputs, [all.length, picks.length, INPUTS]),
    labels: tf.tensor3d(labels, [all.length, picks.length, CLASSES]),
  };
}

export function labelBits(labels: Uint8Array): number {
  const counts = new Float64Array(CLASSES);
  for (const label of labels) counts[label]!++;
  return counts.reduce((sum, count) => {
    const p = count / labels.length;
    return p > 0 ? sum - p * Math.log2(p) : sum;
  }, 0);
}
