import type { Estimate } from '../../../contract/types';
import { Random } from '../../noise/random';
import { mean } from '../../noise/statistics';

const RESAMPLES = 1000;

/**
 * The mean of one value an image, and its 95 % interval by the percentile bootstrap over images (Efron 1979). The same
 * seed draws the same images for every method, so that methods are compared on equal terms.
 * @param values finite, one an image; at least one
 */
export function bootstrapMean(values: number[], seed: number): Estimate {
  const random = new Random(seed, values.length, 'bootstrap');
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)]!;
    return sum / values.length;
  }).sort();
  return { mean: mean(values), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

/** Interpolated linearly between the sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
