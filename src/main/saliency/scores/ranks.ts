/** @file Orders and ranks of the values of a map. */

/** Indices from the least value to the largest; equal values in the order they stand. */
export function ascending(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]! || a - b,
  );
}

/** The place of every value among all, from 1; equal values share the mean of their places. */
export function tiedRanks(values: ArrayLike<number>): Float32Array {
  const order = ascending(values);
  const ranks = new Float32Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2;
  }
  return ranks;
}
