/**
 * @file Ways a mask can collapse (docs/method.md 5), told from the maps of a few images: sentences to show as warnings on
 * a run. The hard budget and sigmaMax leave no room for two of them, no noise at all and all noise in few pixels; the soft
 * penalty does.
 */
import { DEFAULT_BUDGET, type Grid, type MaskKind, noiseFraction } from '../../contract/noiseMap';
import { correlation, deviation, mean, ranks, shareInFew } from './statistics';

/** Below this spread of q a map says nothing about where. */
const LEAST_DEVIATION = 0.02;
/** Healthy masks were measured at 0.58-0.74, a constant one at 0.994. */
const MOST_CORRELATION = 0.9;
/** Share of the map's variance at its finest checkerboard; white noise has 1/n of it, a checkerboard all. */
const MOST_CHECKERBOARD = 0.25;
/** Mean q of a mask that nothing holds: beyond these there is no noise, or nothing else. */
const LEAST_FRACTION = 0.02;
const MOST_FRACTION = 0.98;
/** Few pixels: this share of the map, when it holds more than half of all q, and the rest nearly none. */
const FEW_PIXELS = 0.02;
const MOST_IN_FEW = 0.5;

/**
 * @param maps log-odds of several images, all of one size
 * @param held whether a budget decides how much noise there is; without one q is sigmoid(a) as it stands
 * @returns one sentence a problem; none where all is well
 */
export function collapseWarnings(mask: MaskKind, maps: Grid[], held = true): string[] {
  const fractions = maps.map((map) => fractionsOf(mask, map, held));
  const warnings: string[] = [];
  const level = mean(fractions.map(mean));
  if (level < LEAST_FRACTION)
    warnings.push(
      'The masks hold almost no noise: the penalty made noise too dear. Change lambda, or use a budget.',
    );
  else if (level > MOST_FRACTION)
    warnings.push(
      'The masks hold nothing but noise: the penalty outweighs the objective. Use a smaller lambda, or a budget.',
    );
  else warnings.push(...shapeWarnings(mask, maps, fractions));
  if (mean(maps.map(checkerboardShare)) > MOST_CHECKERBOARD)
    warnings.push(
      'The maps show a checkerboard pattern, which comes from the mask model and not from the images.',
    );
  return warnings;
}

function shapeWarnings(mask: MaskKind, maps: Grid[], fractions: Float32Array[]): string[] {
  if (mean(fractions.map(deviation)) < LEAST_DEVIATION)
    return [
      'The maps are nearly constant: the mask found no place that matters more than another. Train longer, or check that the encoder reads these images.',
    ];
  // At the budget of display, which is what people look at.
  const shown = maps.map((map) => noiseFraction(map, DEFAULT_BUDGET[mask]).values);
  const warnings: string[] = [];
  if (mean(fractions.map((q) => shareInFew(q, FEW_PIXELS))) > MOST_IN_FEW)
    warnings.push(
      'Nearly all noise lies in few pixels: the mask hides almost nothing. Lower the most noise a pixel can take, or use a budget.',
    );
  if (shown.length > 1 && meanRankCorrelation(shown) > MOST_CORRELATION)
    warnings.push(
      'The maps of different images are nearly the same: the mask learned where to look in general, not what is in each image.',
    );
  return warnings;
}

/**
 * The answers at no noise and at the mask's own noise are the same at every budget: there is nothing for a mask to find.
 * @param distances mean cosine distance between them, one for each budget
 */
export function ignoredInputWarning(distances: number[]): string[] {
  return Math.max(...distances) < 1e-3
    ? ['The embedding hardly changes even under full noise: the encoder ignores these images.']
    : [];
}

/**
 * The maps do not depend on what the encoder knows: those of a mask trained with its weights randomised are the same.
 * @param maps log-odds of several images @param others of the same images, from the other mask
 */
export function sameMapsWarning(mask: MaskKind, maps: Grid[], others: Grid[]): string[] {
  const ranked = (list: Grid[]) => list.map((map) => ranks(noiseFraction(map, DEFAULT_BUDGET[mask]).values));
  const [mine, theirs] = [ranked(maps), ranked(others)];
  const same = mean(mine.map((map, i) => correlation(map, theirs[i]!)));
  return same > MOST_CORRELATION
    ? [
        `The maps hardly change (rank correlation ${same.toFixed(2)}) when the encoder's weights are randomised: the mask learned a prior about images, not what this encoder needs.`,
      ]
    : [];
}

function fractionsOf(mask: MaskKind, map: Grid, held: boolean): Float32Array {
  return held
    ? noiseFraction(map, DEFAULT_BUDGET[mask]).values
    : map.values.map((a) => 1 / (1 + Math.exp(-a)));
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
  const all = ranked.flatMap((one, i) => ranked.slice(i + 1).map((other) => correlation(one, other)));
  return mean(all);
}
