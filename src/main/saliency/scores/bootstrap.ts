import type { Estimate } from '../../../contract/types';
import { Random } from '../../noise/random';

const RESAMPLES = 1000;

/**
 * The mean of one value an image, and its 95 % interval by the percentile bootstrap over images (Efron 1979). The same
 * seed draws the same images for every method, so that methods are compared on equal terms.
 * @param values finite, one an image; at least one
 */
export function bootstrapMean(values: number[], seed: number): Estimate {
  return bootstrap(values.length, seed, (drawn) => {
    let sum = 0;
    for (const i of drawn) sum += values[i]!;
    return sum / values.length;
  });
}

/**
 * The same of any statistic of images.
 * @param statistic of images by their index, each of 0..count-1
 */
export function bootstrap(
  count: number,
  seed: number,
  statistic: (drawn: ArrayLike<number> & Iterable<number>) => number,
): Estimate {
  const random = new Random(seed, count, 'bootstrap');
  const drawn = new Uint32Array(count);
  const found = Float64Array.from({ length: RESAMPLES }, () => {
    for (let i = 0; i < count; i++) drawn[i] = random.below(count);
    return statistic(drawn);
  }).sort();
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return { mean: statistic(all), low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

/** Interpolated linearly between the sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
