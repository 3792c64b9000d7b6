/**
 * @file Maps of every origin under one face: values at map resolution, the unit they have, and the range that colours stand
 * for. Noise masks are interpolated as q and read as bits, so that every pixel shown is one the mask could have made.
 */
import { type Grid, type MaskKind, resample } from '../../contract/noiseMap';
import type { NoiseMap } from '../state/maps';
import { fractionAt, fractionAtPoint, saliencyOf } from './fraction';

export type Unit = 'bits' | 'of its range' | 'of the scale';

export interface Field {
  /** What is interpolated between map pixels; NaN where there is no value. */
  grid: Grid;
  /** From an interpolated number to the value shown; rises with it, or falls all the way. */
  value: (g: number) => number;
  /** The numbers that `grid` can hold. */
  domain: [number, number];
  /** The largest value there can be, and the top of the legend shared by all images; a diverging one begins at -top. */
  most: number;
  top: number;
  diverging: boolean;
  unit: Unit;
  /** What the value is: "kept information". */
  means: string;
  mask: MaskKind | null;
}

/** The values that the first and the last colour stand for. */
export interface Range {
  low: number;
  high: number;
}

/** @param share of the largest value at which the shared legend ends */
export function maskField(map: NoiseMap, budget: number, share: number): Field {
  const { of, max } = saliencyOf(map.mask, map.scale);
  return {
    ...{ grid: fractionAt(map.logOdds, budget), value: of, domain: [0, 1], most: max, top: max * share },
    ...{ diverging: false, unit: 'bits', mask: map.mask },
    means: map.mask === 'positive' ? 'kept information' : 'entropy above the least',
  };
}

/** A method's map has a unit of its own: what is shown is where a value lies between its least and its largest one. */
export function methodField({ width, height, values }: Grid): Field {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  const spread = largest - least;
  const shares = values.map((value) => (spread > 0 ? (value - least) / spread : 0));
  return {
    ...{ grid: { width, height, values: shares }, value: (g) => g, domain: [0, 1], most: 1, top: 1 },
    ...{ diverging: false, unit: 'of its range', means: 'importance', mask: null },
  };
}

/**
 * a - b, at the finer resolution of the two. Of one kind of mask it is in bits; else each is first divided by the top of
 * its own legend.
 */
export function differenceField(a: Field, b: Field): Field {
  const width = Math.max(a.grid.width, b.grid.width);
  const height = Math.max(a.grid.height, b.grid.height);
  const inBits = a.unit === 'bits' && b.unit === 'bits' && a.mask === b.mask;
  const valuesOf = ({ grid, value, top }: Field) =>
    resample(grid, width, height).values.map((g) => (inBits ? value(g) : Math.min(value(g) / top, 1)));
  const [of, less] = [valuesOf(a), valuesOf(b)];
  const most = inBits ? Math.max(a.most, b.most) : 1;
  return {
    grid: { width, height, values: of.map((value, i) => value - less[i]!) },
    ...{ value: (g) => g, domain: [-most, most], most, top: inBits ? Math.max(a.top, b.top) : 1 },
    ...{ diverging: true, unit: inBits ? 'bits' : 'of the scale', means: 'difference', mask: null },
  };
}

/** The range shared by all images, or from the least to the most of this one. */
export function rangeOf(field: Field, perImage: boolean): Range {
  if (!perImage) return { low: field.diverging ? -field.top : 0, high: field.top };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const g of field.grid.values) {
    const value = field.value(g);
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return rangeOf(field, false);
  if (field.diverging) high = Math.max(-low, high);
  // A map that is the same everywhere still needs a range to be drawn in.
  if (!(high > low)) high = low + field.most * 1e-3;
  return field.diverging ? { low: -high, high } : { low, high };
}

/** The value at a point of the image, both coordinates in [0, 1), as it is drawn. */
export const valueAt = ({ grid, value }: Field, u: number, v: number): number =>
  value(fractionAtPoint(grid, u, v));

/** Finer than any map that is looked at closely; areas are counted at this resolution. */
const COUNTED = 256;

/** 1 where the value is at least the threshold, at a resolution that the outline of a coarse map is smooth at. */
export function regionAbove(
  field: Field,
  threshold: number,
): { width: number; height: number; inside: Uint8Array } {
  const { grid, value } = field;
  const width = Math.max(grid.width, COUNTED);
  const height = Math.max(grid.height, COUNTED);
  const { values } = resample(grid, width, height);
  return { width, height, inside: Uint8Array.from(values, (g) => Number(value(g) >= threshold)) };
}

/** The share of the image whose value is at least the threshold. */
export function shareAbove(field: Field, threshold: number): number {
  const { inside } = regionAbove(field, threshold);
  return inside.reduce((sum, one) => sum + one, 0) / inside.length;
}
