/**
 * Linear interpolation from `from` to `to` samples with half-pixel centres and clamped edges, as a matrix
 * [from, to] row by row: target = source x matrix.
 */
export function interpolationMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(from * to);
  for (let target = 0; target < to; target++) {
    const position = Math.min(Math.max(((target + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    const high = Math.min(low + 1, from - 1);
    matrix[low * to + target]! += 1 - (position - low);
    matrix[high * to + target]! += position - low;
  }
  return matrix;
}
