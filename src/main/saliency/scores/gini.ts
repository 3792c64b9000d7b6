/**
 * Gini index of a map's values (Chalasani et al. 2020; Hurley and Rickard 2009): 0 where every pixel is as salient as
 * any other, (n - 1) / n where one has all. Negative values count as nothing.
 * @returns NaN where nothing is salient
 */
export function gini(saliency: ArrayLike<number>): number {
  const sorted = Float64Array.from({ length: saliency.length }, (_, i) => Math.max(saliency[i]!, 0)).sort();
  const count = sorted.length;
  const total = sorted.reduce((a, b) => a + b, 0);
  let sum = 0;
  sorted.forEach((value, i) => {
    sum += (value / total) * ((count - i - 0.5) / count);
  });
  return 1 - 2 * sum;
}
