/** @file Average maps, and how typical and how suspicious each image is of its class. */

import { resample } from '../../contract/noiseMap';
import type { AverageMap } from '../../contract/reports';
import { correlation, mean } from '../noise/statistics';

/** Side of an average map in a report. */
const SIDE = 24;

/** The mean of maps [size, size] each; of none, nothing is kept. @returns [SIDE, SIDE] */
export function averageOf(maps: Float32Array[], size: number): Float32Array {
  const sum = new Float32Array(size * size);
  for (const map of maps) add(sum, map);
  const values = sum.map((value) => value / Math.max(1, maps.length));
  return resample({ width: size, height: size, values }, SIDE, SIDE).values;
}

function add(sum: Float32Array, map: Float32Array): void {
  for (let p = 0; p < sum.length; p++) sum[p]! += map[p]!;
}

/** Averages on one scale: 1 is the largest value of them all. */
export function onOneScale(averages: Float32Array[]): AverageMap[] {
  const top = Math.max(
    1e-9,
    ...averages.map((average) => average.reduce((most, value) => Math.max(most, value), 0)),
  );
  return averages.map((average) => ({
    ...{ width: SIDE, height: SIDE },
    values: Array.from(average, (value) => Math.round((1000 * value) / top) / 1000),
  }));
}

/** Of every map, its correlation with the average of the others. */
export function typicality(maps: Float32Array[]): number[] {
  if (maps.length < 2) return maps.map(() => 0);
  const sum = new Float32Array(maps[0]!.length);
  for (const map of maps) add(sum, map);
  return maps.map((map) =>
    correlation(
      map,
      sum.map((value, p) => (value - map[p]!) / (maps.length - 1)),
    ),
  );
}

/** What is known of one image; each part in 0..1. */
export interface Suspicion {
  /** The score of its class. */
  classScore: number;
  /** How far its own answer moved in the intervention that moved its class most; null if it was not tested. */
  moved: number | null;
  /** Share of its kept information in the proven region, or outside its object; null where there is neither. */
  elsewhere: number | null;
}

/** One number an image to sort by: the mean of what is known. */
export function suspicionOf({ classScore, moved, elsewhere }: Suspicion): number {
  const known = [classScore, moved, elsewhere].filter((part) => part !== null);
  return Math.min(1, Math.max(0, mean(known)));
}
