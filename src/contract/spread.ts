/**
 * @file How far a map's importance is spread over its image. A hard budget fixes the mean of the noise's entropy, which is
 * then the same for every image; where it lies is what tells images apart.
 */
import {
  DEFAULT_BUDGET,
  type Grid,
  type MaskKind,
  type NoiseScale,
  noiseFraction,
  saliencyTable,
} from './noiseMap';

/**
 * The smallest share of the pixels that holds half of all importance, in (0, 1/2]: 1/2 where all count alike, next to
 * nothing where one holds everything. The last pixel that is needed counts by the part of it that is.
 * @param saliencies of the pixels, none below 0
 */
export function spreadOf(saliencies: ArrayLike<number>): number {
  const sorted = Float64Array.from(saliencies).sort().reverse();
  let left = sorted.reduce((sum, value) => sum + value, 0) / 2;
  // A map without any importance prefers no pixel.
  if (left === 0) return 0.5;
  let taken = 0;
  while (sorted[taken]! < left) left -= sorted[taken++]!;
  return (taken + left / sorted[taken]!) / sorted.length;
}

/** Of a stored map, at the budget that all images are compared at. */
export function mapSpread(logOdds: Grid, mask: MaskKind, scale: NoiseScale): number {
  return spreadOf(noiseFraction(logOdds, DEFAULT_BUDGET[mask]).values.map(saliencyTable(mask, scale)));
}
