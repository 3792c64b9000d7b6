/** @file ADIOS (Shi et al. 2022): real-valued masks that are multiplied with the image. */
import type { Random } from '../random';
import { meanOver, strengthFor } from './strength';
import { ALL_BITS, type Masked, type Masker, type Pictures } from './types';

/** N masks of every image that add up to one at every pixel, [count, N, size, size]. */
export type MasksOf = (pictures: Pictures) => Promise<Float32Array> | Float32Array;

/** A pixel times m has m times as many 8-bit values: log2(1 / m) bits are lost when it is rounded, and none before. */
const roundedBits = (factor: number): number => Math.min(-Math.log2(factor), ALL_BITS);
const LEAST_FACTOR = 1e-9;
const STRONGEST = 200;

/**
 * One of an image's masks at random, m = (1 - mask)^strength, with the strength at which rounding would lose so many bits.
 * @param rounds whether the product is rounded to 8-bit steps: only then are they lost
 */
export const adios = (masksOf: MasksOf, masks: number, rounds: boolean): Masker => ({
  name: rounds ? 'adios-rounded' : 'adios',
  title: rounds ? 'ADIOS, rounded to 8 bits' : 'ADIOS: real-valued',
  mask: async (pictures, bits, random) =>
    multiplied(pictures, chosen(await masksOf(pictures), masks, pictures, random), bits, rounds),
});

function chosen(all: Float32Array, masks: number, { count, size }: Pictures, random: Random): Float32Array {
  const pixels = size * size;
  const one = new Float32Array(count * pixels);
  for (let i = 0; i < count; i++) {
    const from = (i * masks + random.below(masks)) * pixels;
    one.set(all.subarray(from, from + pixels), i * pixels);
  }
  return one;
}

/** @param masks in [0, 1], [count, size, size] */
export function multiplied(
  { count, size, values }: Pictures,
  masks: Float32Array,
  bits: number,
  rounds: boolean,
): Masked {
  const pixels = size * size;
  const factor = new Float32Array(masks.length);
  for (let i = 0; i < count; i++) {
    const kept = masks.subarray(i * pixels, (i + 1) * pixels).map((m) => Math.max(1 - m, LEAST_FACTOR));
    const strength = strengthFor((s) => meanOver(kept, (k) => roundedBits(k ** s)), bits, [0, STRONGEST]);
    for (let p = 0; p < pixels; p++) factor[i * pixels + p] = Math.max(kept[p]! ** strength, LEAST_FACTOR);
  }
  const product = values.map((value, i) => value * factor[Math.floor(i / 3)]!);
  return { view: rounds ? product.map(Math.round) : product, bits: factor.map(roundedBits), factor };
}
