/** @file q of a map at a budget, and what follows from it, remembered for the last few maps. */
import {
  type Grid,
  type MaskKind,
  maxSaliency,
  type NoiseScale,
  noiseFraction,
  saliencyTable,
} from '../../contract/noiseMap';

const fractions = new WeakMap<Grid, { budget: number; fraction: Grid }>();

/** q at every map pixel, with mean exactly the budget. */
export function fractionAt(logOdds: Grid, budget: number): Grid {
  const known = fractions.get(logOdds);
  if (known?.budget === budget) return known.fraction;
  const fraction = noiseFraction(logOdds, budget);
  fractions.set(logOdds, { budget, fraction });
  return fraction;
}

export interface Saliency {
  /** Bits of one pixel, larger is more important. */
  of: (q: number) => number;
  /** The top of the fixed legend, in bits. */
  max: number;
}

const saliencies = new Map<string, Saliency>();

export function saliencyOf(mask: MaskKind, scale: NoiseScale): Saliency {
  const key = `${mask} ${scale.sigmaMin} ${scale.sigmaMax}`;
  const known = saliencies.get(key);
  if (known) return known;
  const made = { of: saliencyTable(mask, scale), max: maxSaliency(mask, scale) };
  saliencies.set(key, made);
  return made;
}

/** q at a point of the image, both coordinates in [0, 1), interpolated as it is drawn. */
export function fractionAtPoint(grid: Grid, u: number, v: number): number {
  const at = (position: number, size: number) => {
    const p = Math.min(Math.max(position * size - 0.5, 0), size - 1);
    const low = Math.floor(p);
    return { low, high: Math.min(low + 1, size - 1), part: p - low };
  };
  const x = at(u, grid.width);
  const y = at(v, grid.height);
  const value = (row: number, column: number) => grid.values[row * grid.width + column]!;
  const top = value(y.low, x.low) * (1 - x.part) + value(y.low, x.high) * x.part;
  const bottom = value(y.high, x.low) * (1 - x.part) + value(y.high, x.high) * x.part;
  return top * (1 - y.part) + bottom * y.part;
}
