/** @file Statistics of short lists. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The middle value, or the mean of the two in the middle; no number where there is none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Of the population. */
export function deviation(values: Float32Array): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length);
}

/** The share of the sum that the largest few values hold. @param few share of the values, of which at least one counts */
export function shareInFew(values: Float32Array, few: number): number {
  const count = Math.max(1, Math.round(few * values.length));
  const largest = values.toSorted().subarray(values.length - count);
  return (mean(largest) * count) / (mean(values) * values.length);
}

/** The place of every value among all, from 0; equal values in the order they stand. */
export function ranks(values: Float32Array): Float32Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float32Array(values.length);
  order.forEach((index, rank) => {
    result[index] = rank;
  });
  return result;
}

/** Pearson's; 0 where one of the lists is constant. Of ranks it is Spearman's. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  const spread = deviation(a) * deviation(b) * a.length;
  return spread === 0 ? 0 : sum / spread;
}
