/**
 * @file Noise calibration (docs/method.md 4), label-free: a student copy of an encoder learns to answer for the noisy image
 * what its teacher answers for the clean one. Without it noise is evidence to the encoder, and a mask learns where
 * noise upsets it instead of what it needs.
 */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { interpolationMatrix } from './interpolation';
import { cosineDistance } from './objectives';
import type { Random } from './random';

const MSE_WEIGHT = 0.2;

/**
 * Cosine distance + 0.2 MSE / mean square of the teacher's embeddings. Direction is what objectives compare; the
 * second term keeps the length, which class heads read.
 * @param teacher z(x) of clean images [batch, n] @param student z(x + noise) [batch, n]
 */
export function calibrationLoss(teacher: Tensor2D, student: Tensor2D): Scalar {
  return tf.tidy(() => {
    const error = student.sub(teacher).square().mean();
    return cosineDistance(teacher, student).add(
      error.div(teacher.square().mean().add(1e-12)).mul(MSE_WEIGHT),
    ) as Scalar;
  });
}

const CLEAN_SHARE = 0.15;
const UNIFORM_SHARE = 0.2;
/** Blobs from a third to a tenth of the image across. */
const COARSEST = 3;
const FINEST = 8;

/**
 * Noise maps like those a mask model will make, at random: for each image a smooth random field (a coarse grid of
 * normals, up-sampled), softly thresholded so that a random share of the image is noisy, at a level uniform up to
 * sigmaMax. Some images are noisy all over, some stay clean.
 * @returns sigma [batch, size, size, 1]
 */
export function randomNoiseMaps(batch: number, size: number, sigmaMax: number, random: Random): Tensor4D {
  const values = new Float32Array(batch * size * size);
  for (let i = 0; i < batch; i++) {
    const image = values.subarray(i * size * size, (i + 1) * size * size);
    const kind = random.uniform();
    const level = random.uniform(0, sigmaMax);
    if (kind < CLEAN_SHARE) continue;
    if (kind < CLEAN_SHARE + UNIFORM_SHARE) image.fill(level);
    else fillWithBlobs(image, size, level, random);
  }
  return tf.tensor4d(values, [batch, size, size, 1]);
}

function fillWithBlobs(image: Float32Array, size: number, level: number, random: Random): void {
  const cells = COARSEST + random.below(FINEST - COARSEST + 1);
  const grid = random.normals(new Float32Array(cells * cells));
  const across = interpolationMatrix(cells, size);
  const threshold = random.uniform(-1, 1);
  const softness = random.uniform(0.05, 0.4);
  const rows = new Float32Array(cells * size);
  for (let y = 0; y < cells; y++)
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = 0; k < cells; k++) sum += grid[y * cells + k]! * across[k * size + x]!;
      rows[y * size + x] = sum;
    }
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = 0; k < cells; k++) sum += rows[k * size + x]! * across[k * size + y]!;
      image[y * size + x] = level / (1 + Math.exp((threshold - sum) / softness));
    }
}
