/** @file What is left of a pixel with equally likely values, in bits, without any training. */
import { upperTail } from '../../../contract/noiseMap';

/** 8-bit values of the source: as many as levels, evenly over 0..255. */
export function sourceValues(levels: number): number[] {
  return Array.from({ length: levels }, (_, k) => ((k + 0.5) * 256) / levels);
}

/** The source's deviation in 8-bit steps: that of a discrete uniform variable. */
export function sourceDeviation(levels: number): number {
  return (256 / levels) * Math.sqrt((levels * levels - 1) / 12);
}

/** Integration step as a share of sigma, and how many sigmas beyond the values it goes. */
const STEP = 0.02;
const REACH = 9;

/**
 * I(x; x + sigma n) = h(x + sigma n) - h(sigma n), the first by integration of the mixture of normals, the second
 * 1/2 log2(2 pi e sigma^2). It falls as sigma grows: more noise is the same as noise on top of noise (data processing).
 * @param sigma in 8-bit steps
 */
export function noisyBits(levels: number, sigma: number): number {
  const values = sourceValues(levels);
  const gap = 256 / levels;
  // Where no two values meet, nothing is lost; the integral would only lose digits.
  if (sigma * 2 * REACH < gap) return Math.log2(levels);
  const step = STEP * sigma;
  const from = values[0]! - REACH * sigma;
  const count = Math.ceil((values.at(-1)! - values[0]! + 2 * REACH * sigma) / step);
  const scale = 1 / (levels * sigma * Math.sqrt(2 * Math.PI));
  let entropy = 0;
  for (let i = 0; i <= count; i++) {
    const y = from + i * step;
    let density = 0;
    for (const value of values) density += Math.exp(-(((y - value) / sigma) ** 2) / 2);
    density *= scale;
    if (density > 0) entropy -= density * Math.log2(density) * step;
  }
  return entropy - 0.5 * Math.log2(2 * Math.PI * Math.E * sigma * sigma);
}

/** Best share of right answers: neighbours lie a gap apart, and the outer values have one neighbour only. */
export function noisyAccuracy(levels: number, sigma: number): number {
  return 1 - ((2 * (levels - 1)) / levels) * upperTail(256 / levels / (2 * sigma));
}

/** Capacity-achieving counterpart: a Gaussian source of deviation 1 under noise sigma, in bits. */
export function gaussianBits(sigma: number): number {
  return 0.5 * Math.log2(1 + 1 / (sigma * sigma));
}

/** Entropy and best accuracy of round(m x): how many different values are left, and how evenly. */
export function quantisedBits(levels: number, factor: number): { bits: number; accuracy: number } {
  const counts = new Map<number, number>();
  for (const value of sourceValues(levels)) {
    const left = Math.round(factor * value);
    counts.set(left, (counts.get(left) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / levels) * Math.log2(count / levels);
  return { bits, accuracy: counts.size / levels };
}
