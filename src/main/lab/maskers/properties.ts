/** @file Table 1's first two properties as numbers. */
import { GRID } from '../../noise/maskers/removal';
import { mean } from '../../noise/statistics';
import { auroc } from '../../saliency/scores/auroc';

/**
 * How far the mask of each image follows that image's object, less how far it follows another image's. A mask that follows objects
 * may hide them or their surroundings, and a masker by parts now one and now the other: hence the distance from 1/2.
 * @param bits lost bits of every pixel, [images, pixels] @param objects 1 on the object
 */
export function semantics(
  bits: Float32Array,
  objects: (Uint8Array | null)[],
): { semantic: number[]; objects: number } {
  const pixels = bits.length / objects.length;
  const known = objects.flatMap((object, i) => (object ? [{ object, i }] : []));
  const found: number[] = [];
  const semantic = known.map(({ object, i }, k) => {
    const map = bits.subarray(i * pixels, (i + 1) * pixels);
    const own = auroc(map, object);
    const other = auroc(map, known[(k + 1) % known.length]!.object);
    found.push(own);
    return Math.abs(own - 0.5) - Math.abs(other - 0.5);
  });
  return { semantic, objects: mean(found) };
}

/** The least variance of lost bits, in bits squared, at which a mask makes a difference between pixels at all. */
const CONSTANT = 1e-6;

/** Share of the variance of lost bits that lies within patches; 0 where all pixels lose the same. @param bits [images, size, size] */
export function fineness(bits: Float32Array, size: number): number {
  const side = size / GRID;
  const centre = mean(bits);
  let total = 0;
  for (const value of bits) total += (value - centre) ** 2;
  if (total / bits.length < CONSTANT) return 0;
  let within = 0;
  for (let i = 0; i < bits.length / (size * size); i++)
    for (let top = 0; top < size; top += side)
      for (let left = 0; left < size; left += side) {
        const patch: number[] = [];
        for (let y = top; y < top + side; y++)
          for (let x = left; x < left + side; x++) patch.push(bits[(i * size + y) * size + x]!);
        const middle = mean(patch);
        for (const value of patch) within += (value - middle) ** 2;
      }
  return within / total;
}
