/**
 * @file Ways a mask can collapse, told from the maps of a few images: sentences to show as warnings on a run. The hard budget
 * and sigmaMax leave no room for two others, no noise at all and all noise in a few pixels.
 */
import { DEFAULT_BUDGET, type Grid, type MaskKind, noiseFraction } from '../../contract/noiseMap';

/** Below this spread of q a map says nothing about where. */
const LEAST_DEVIATION = 0.02;
/** Healthy masks were measured at 0.58-0.74, a constant one at 0.994. */
const MOST_CORRELATION = 0.9;
/** Share of the map's variance at its finest checkerboard; white noise has 1/n of it, a checkerboard all. */
const MOST_CHECKERBOARD = 0.25;

/** @param maps log-odds of several images, all of one size @returns one sentence a problem; none where all is well */
export function collapseWarnings(mask: MaskKind, maps: Grid[]): string[] {
  const fractions = maps.map((map) => noiseFraction(map, DEFAULT_BUDGET[mask]).values);
  const warnings: string[] = [];
  if (mean(fractions.map(deviation)) < LEAST_DEVIATION)
    warnings.push(
      'The maps are nearly constant: the mask found no place that matters more than another. Train longer, or check that the encoder reads these images.',
    );
  else if (fractions.length > 1 && meanRankCorrelation(fractions) > MOST_CORRELATION)
    warnings.push(
      'The maps of different images are nearly the same: the mask learned where to look in general, not what is in each image.',
    );
  if (mean(maps.map(checkerboardShare)) > MOST_CHECKERBOARD)
    warnings.push(
      'The maps show a checkerboard pattern, which comes from the mask model and not from the images.',
    );
  return warnings;
}

/**
 * The answers at no noise and at full noise are the same: there is nothing for a mask to find.
 * @param distance mean cosine distance between them
 */
export function ignoredInputWarning(distance: number): string[] {
  return distance < 1e-3
    ? ['The embedding hardly changes even under full noise: the encoder ignores these images.']
    : [];
}

/** Energy of the map at the Nyquist frequency in both directions, as a share of its variance. */
function checkerboardShare({ width, height, values }: Grid): number {
  let alternating = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) alternating += ((x + y) % 2 === 0 ? 1 : -1) * values[y * width + x]!;
  const variance = deviation(values) ** 2;
  return variance === 0 ? 0 : (alternating / values.length) ** 2 / variance;
}

function meanRankCorrelation(maps: Float32Array[]): number {
  const ranked = maps.map(ranks);
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < ranked.length; i++)
    for (let j = i + 1; j < ranked.length; j++) {
      sum += correlation(ranked[i]!, ranked[j]!);
      pairs++;
    }
  return sum / pairs;
}

function ranks(values: Float32Array): Float32Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float32Array(values.length);
  order.forEach((index, rank) => {
    result[index] = rank;
  });
  return result;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  const spread = deviation(a) * deviation(b) * a.length;
  return spread === 0 ? 0 : sum / spread;
}

function deviation(values: Float32Array): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
