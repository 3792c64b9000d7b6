/**
 * Mass accuracy (Arras et al. 2022): the share of all saliency that lies on the object. Negative values speak against
 * the class and count as nothing.
 * @param object 1 on the object, 0 outside @returns in [0, 1]; NaN where nothing is salient
 */
export function massAccuracy(saliency: ArrayLike<number>, object: ArrayLike<number>): number {
  let inside = 0;
  let all = 0;
  for (let i = 0; i < saliency.length; i++) {
    const value = Math.max(saliency[i]!, 0);
    all += value;
    if (object[i]) inside += value;
  }
  return inside / all;
}
