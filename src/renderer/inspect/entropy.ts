/** @file Bits of the noise of a map: of a pixel, of all of them, and how they are spread. */
import { entropyTable, type NoiseScale } from '../../contract/noiseMap';
import { spreadOf } from '../../contract/spread';
import { fractionAt, saliencyOf } from '../drawing/fraction';
import type { NoiseMap } from '../state/maps';

const tables = new Map<string, (q: number) => number>();

/** Bits of the noise of a pixel (0 = known, 8 = nothing is known), as a function of q. */
export function entropyOfFraction(scale: NoiseScale): (q: number) => number {
  const key = `${scale.sigmaMin} ${scale.sigmaMax} ${scale.pixelScale}`;
  const table = tables.get(key) ?? entropyTable(scale);
  tables.set(key, table);
  return table;
}

const BINS = 32;
export const LARGEST_ENTROPY = 8;

/** Mean and total bits of a map at a budget, how far it is spread, and how many of its pixels have how many. */
export function entropies(map: NoiseMap, budget: number, pixels: number) {
  const bits = entropyOfFraction(map.scale);
  const histogram = new Array<number>(BINS).fill(0);
  const { values } = fractionAt(map.logOdds, budget);
  let sum = 0;
  for (const q of values) {
    const value = bits(q);
    sum += value;
    histogram[Math.min(Math.floor((value / LARGEST_ENTROPY) * BINS), BINS - 1)]!++;
  }
  const meanBits = sum / values.length;
  return {
    meanBits,
    totalBits: meanBits * pixels,
    spread: spreadOf(values.map(saliencyOf(map.mask, map.scale).of)),
    histogram: histogram.map((number) => number / values.length),
  };
}
