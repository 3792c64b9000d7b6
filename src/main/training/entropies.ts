/** @file From the log-odds of a map to what is kept of it: entropies at the default budget. */
import {
  DEFAULT_BUDGET,
  entropyTable,
  type Grid,
  type MaskKind,
  type NoiseScale,
  noiseFraction,
} from '../../contract/noiseMap';

/**
 * Mean entropy in bits per pixel of a map at the kind's default budget.
 * One measure serves all maps of a scale: the table behind it is made once.
 */
export function meanEntropy(mask: MaskKind, scale: NoiseScale): (map: Grid) => number {
  const bits = entropyTable(scale);
  return (map) => {
    const { values } = noiseFraction(map, DEFAULT_BUDGET[mask]);
    let sum = 0;
    for (const q of values) sum += bits(q);
    return sum / values.length;
  };
}
