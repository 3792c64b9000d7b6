/** @file One interface for every way to hide part of an image (table 1 of the paper). */
import type { Random } from '../random';

/** Images in 8-bit steps. */
export interface Pictures {
  count: number;
  size: number;
  /** [count, size, size, 3] */
  values: Float32Array;
  /** What stands in place of removed pixels: the mean colour. */
  fill: [number, number, number];
}

export interface Masked {
  /** The images after it, in 8-bit steps, [count, size, size, 3]; not clipped. */
  view: Float32Array;
  /** How many of its 8 bits each pixel has lost, [count, size, size]: 0 = known, 8 = any of 256 values. */
  bits: Float32Array;
  /** What each pixel was multiplied by, where the masker multiplies: whoever knows it can divide again. */
  factor?: Float32Array;
}

export type MaskerName =
  | 'beit'
  | 'mae'
  | 'semmae'
  | 'adios'
  | 'adios-rounded'
  | 'zeroing'
  | 'salt-and-pepper'
  | 'gaussian'
  | 'uniform'
  | 'categorical'
  | 'learned-positive'
  | 'learned-negative';

export interface Masker {
  name: MaskerName;
  title: string;
  /** Hides every image so that its pixels lose so many bits in the mean, as nearly as the masker can. @param bits in (0, 8) */
  mask(pictures: Pictures, bits: number, random: Random): Masked | Promise<Masked>;
}

/** Bits of an 8-bit pixel of which nothing is known (paper, section 2.1). */
export const ALL_BITS = 8;
