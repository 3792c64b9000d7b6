/** @file Perturbations of one size, spread over a set of pixels. */

/** The pixels with the largest values. @returns 1 for each of them */
export function largest(values: ArrayLike<number>, count: number): Uint8Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  const chosen = new Uint8Array(values.length);
  for (const at of order.slice(0, count)) chosen[at] = 1;
  return chosen;
}

/**
 * A perturbation that is equally large at every chosen pixel and channel, and nothing elsewhere.
 * @param signs its direction, [pixels, 3]; only the sign counts
 * @param size root mean square over all values of the image, so that sparse and dense ones have the same length
 */
export function perturbation(chosen: Uint8Array, signs: ArrayLike<number>, size: number): Float32Array {
  let count = 0;
  for (const one of chosen) count += one;
  const step = size * Math.sqrt(chosen.length / Math.max(count, 1));
  return Float32Array.from({ length: chosen.length * 3 }, (_, i) =>
    chosen[Math.floor(i / 3)] ? Math.sign(signs[i]!) * step : 0,
  );
}

/** The same with normal noise: in the mean as large. @param normals [pixels, 3] */
export function noisePerturbation(chosen: Uint8Array, normals: Float32Array, size: number): Float32Array {
  let squares = 0;
  for (let i = 0; i < normals.length; i++) if (chosen[Math.floor(i / 3)]) squares += normals[i]! ** 2;
  const scale = size * Math.sqrt(normals.length / Math.max(squares, 1e-12));
  return normals.map((value, i) => (chosen[Math.floor(i / 3)] ? value * scale : 0));
}
