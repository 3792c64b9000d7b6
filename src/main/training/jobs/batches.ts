/** @file Images as batches of normalised tensors. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { PenumbraError } from '../../../contract/errors';
import { tf } from '../../engine/tf';
import type { Normalisation } from '../../models/spec';
import { Random } from '../../noise/random';
import type { JobContext, JobImage } from '../protocol';

/** One image of a batch, mirrored left to right or not. */
export interface Pick {
  image: JobImage;
  flipped: boolean;
}

/** The images of a step: epochs of random order follow one another without a gap, so every batch has the same size. */
export class Order {
  readonly #images: JobImage[];
  readonly #seed: number;
  #epoch = -1;
  #permutation: Uint32Array = new Uint32Array();

  constructor(images: JobImage[], seed: number) {
    this.#images = images;
    this.#seed = seed;
  }

  /** @returns `batch` images, each flipped with probability one half */
  at(step: number, batch: number): Pick[] {
    const count = this.#images.length;
    const flips = new Random(this.#seed, step, 'flips');
    return Array.from({ length: batch }, (_, i) => {
      const position = step * batch + i;
      const epoch = Math.floor(position / count);
      if (epoch !== this.#epoch) {
        this.#permutation = new Random(this.#seed, epoch, 'order').permutation(count);
        this.#epoch = epoch;
      }
      return { image: this.#images[this.#permutation[position % count]!]!, flipped: flips.uniform() < 0.5 };
    });
  }
}

/** Pixels [size, size, 3] to normalised units, written to `out`, mirrored on request. */
export function normalise(
  pixels: Uint8Array,
  size: number,
  { mean, std }: Normalisation,
  out: Float32Array,
  flipped = false,
): void {
  const [red, green, blue] = mean;
  const scale = 1 / std;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = (y * size + (flipped ? size - 1 - x : x)) * 3;
      const to = (y * size + x) * 3;
      out[to] = (pixels[from]! - red) * scale;
      out[to + 1] = (pixels[from + 1]! - green) * scale;
      out[to + 2] = (pixels[from + 2]! - blue) * scale;
    }
}

/** @returns [picks.length, size, size, 3] */
export async function loadBatch(
  context: JobContext,
  picks: Pick[],
  size: number,
  normalisation: Normalisation,
): Promise<Tensor4D> {
  const length = size * size * 3;
  const values = new Float32Array(picks.length * length);
  const pixels = await Promise.all(picks.map(({ image }) => context.pixels(image, size)));
  picks.forEach(({ flipped }, i) => {
    normalise(pixels[i]!, size, normalisation, values.subarray(i * length, (i + 1) * length), flipped);
  });
  return tf.tensor4d(values, [picks.length, size, size, 3]);
}

/** Images enough to know a folder's colours by. */
const MEASURED = 400;

/** Mean of every channel and one deviation for the three, over images spread over the folder. */
export async function measureNormalisation(
  context: JobContext,
  images: JobImage[],
  size: number,
): Promise<Normalisation> {
  const every = Math.max(1, Math.floor(images.length / MEASURED));
  const sums = [0, 0, 0];
  let squares = 0;
  let count = 0;
  for (let i = 0; i < images.length; i += every) {
    const pixels = await context.pixels(images[i]!, size);
    for (let p = 0; p < pixels.length; p += 3)
      for (let c = 0; c < 3; c++) {
        sums[c]! += pixels[p + c]!;
        squares += pixels[p + c]! ** 2;
      }
    count += pixels.length / 3;
  }
  const mean = sums.map((sum) => sum / count) as [number, number, number];
  const variance = squares / (3 * count) - mean.reduce((sum, value) => sum + value ** 2, 0) / 3;
  // A folder of black images has no deviation; one 8-bit step keeps the division finite.
  return { mean, std: Math.max(Math.sqrt(Math.max(variance, 0)), 1) };
}

/** @throws TOO_FEW_IMAGES */
export function requireImages(images: JobImage[], least: number): void {
  if (images.length < least)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `Training needs at least ${least} images, and there are ${images.length}; add images to the folder.`,
    );
}
