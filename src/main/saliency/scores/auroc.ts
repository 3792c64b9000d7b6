import { tiedRanks } from './ranks';

/**
 * Area under the ROC curve of finding the object by saliency: the probability that a pixel of the object ranks above
 * one outside, ties counted half (Mann and Whitney's U over the number of pairs).
 * @param saliency larger = more important @param object 1 on the object, 0 outside; both of the same length
 * @returns in [0, 1]; NaN where the object is empty or covers everything
 */
export function auroc(saliency: ArrayLike<number>, object: ArrayLike<number>): number {
  const ranks = tiedRanks(saliency);
  let inside = 0;
  let sum = 0;
  for (let i = 0; i < ranks.length; i++)
    if (object[i]) {
      inside++;
      sum += ranks[i]!;
    }
  return (sum - (inside * (inside + 1)) / 2) / (inside * (ranks.length - inside));
}
