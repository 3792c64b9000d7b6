/** How far beside the object the highest pixel may lie, of the side: 15 px of 224 (Zhang et al. 2016). */
const TOLERANCE = 15 / 224;

/**
 * The pointing game: whether the highest pixel lies on the object, or no further from it than the tolerance.
 * @param saliency [height, width], larger = more important @param object 1 on the object, 0 outside
 * @param tolerance of the longer side; 0 counts the object's own pixels only
 * @returns 1 for a hit, else 0
 */
export function pointing(
  saliency: ArrayLike<number>,
  object: ArrayLike<number>,
  width: number,
  tolerance = TOLERANCE,
): number {
  let best = 0;
  for (let i = 1; i < saliency.length; i++) if (saliency[i]! > saliency[best]!) best = i;
  const height = saliency.length / width;
  const reach = tolerance * Math.max(width, height);
  const [x, y] = [best % width, Math.floor(best / width)];
  for (let dy = -Math.floor(reach); dy <= reach; dy++)
    for (let dx = -Math.floor(reach); dx <= reach; dx++) {
      const [column, row] = [x + dx, y + dy];
      const within = column >= 0 && row >= 0 && column < width && row < height;
      if (within && dx * dx + dy * dy <= reach * reach && object[row * width + column]) return 1;
    }
  return 0;
}
