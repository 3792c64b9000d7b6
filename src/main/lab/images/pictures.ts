/** @file Images between bytes, normalised tensors and small pictures in a report. */
import type { Tensor4D } from '@tensorflow/tfjs';
import sharp from 'sharp';
import { tf } from '../../engine/tf';
import { decodeObject } from '../../library/decode';
import type { Normalisation } from '../../models/spec';
import type { Encoder } from '../../models/types';
import type { Pictures } from '../../noise/maskers/types';
import type { JobContext } from '../../training/protocol';
import type { LabImage } from '../types';

const BATCH = 32;

/** @param size side of the squares */
export async function picturesOf(
  job: JobContext,
  images: LabImage[],
  size: number,
  { mean }: Normalisation,
): Promise<Pictures> {
  const values = new Float32Array(images.length * size * size * 3);
  for (const [i, image] of images.entries()) values.set(await job.pixels(image, size), i * size * size * 3);
  return { count: images.length, size, values, fill: mean };
}

/** Object masks, 1 on the object, [size, size]; null where an image has none. */
export function objectsOf(images: LabImage[], size: number): Promise<(Uint8Array | null)[]> {
  return Promise.all(
    images.map(async ({ object }) => {
      const mask = object === null ? null : await decodeObject(object, size);
      return mask?.includes(1) ? mask : null;
    }),
  );
}

/** Calls `visit` with normalised batches. @param values in 8-bit steps, [count, size, size, 3] */
export async function inBatches(
  values: Float32Array,
  size: number,
  { mean, std }: Normalisation,
  visit: (x: Tensor4D, from: number) => Promise<void>,
): Promise<void> {
  const length = size * size * 3;
  const count = values.length / length;
  for (let from = 0; from < count; from += BATCH) {
    const part = values.subarray(from * length, Math.min(from + BATCH, count) * length);
    const x = tf.tensor4d(
      part.map((value, i) => (value - mean[i % 3]!) / std),
      [part.length / length, size, size, 3],
    );
    await visit(x, from);
    x.dispose();
  }
}

/** The class that the encoder gives each image. */
export async function answersTo(encoder: Encoder, values: Float32Array, size: number): Promise<number[]> {
  const answers: number[] = [];
  await inBatches(values, size, encoder.normalisation, async (x) => {
    const best = tf.tidy(() => encoder.logits!(x).argMax(1));
    answers.push(...(await best.data()));
    best.dispose();
  });
  return answers;
}

/** A PNG as a data URI, to stand in an SVG. @param values in 8-bit steps, [height, width, 3 or 1]; clipped */
export async function pngOf(values: ArrayLike<number>, width: number, channels: 1 | 3 = 3): Promise<string> {
  const bytes = Uint8ClampedArray.from(values);
  const height = bytes.length / width / channels;
  const png = await sharp(bytes, { raw: { width, height, channels } }).png({ palette: false }).toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
