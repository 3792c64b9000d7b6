import { upperTail } from '../../../contract/noiseMap';

const CELLS = 600;
/** Noise beyond this many deviations is not looked at. */
const REACH = 6;

/** Density at z of a uniform variable on (low, high) plus normal noise. */
function blurred(z: number, low: number, high: number, sigma: number): number {
  return (upperTail((z - high) / sigma) - upperTail((z - low) / sigma)) / (high - low);
}

/**
 * The best accuracy any classifier can have on the toy data under the same normal noise in both dimensions (Bayes): half the
 * integral of max over y of p(u, v | y), where p(u, v | y) = (f_y(u) g(v) + g(u) f_y(v)) / 2, with f_y and g the uniform
 * densities of Eq. 4 blurred by the noise. For small sigma it is about 1 - 0.080 sigma: only points near 5 are in doubt,
 * and the integral of the normal tail over (0, infinity) is phi(0) = 0.399.
 */
export function bestFixedAccuracy(sigma: number): number {
  const from = -10 - REACH * sigma;
  const step = (20 + 2 * REACH * sigma) / CELLS;
  const low = new Float64Array(CELLS);
  const high = new Float64Array(CELLS);
  const other = new Float64Array(CELLS);
  for (let i = 0; i < CELLS; i++) {
    const z = from + (i + 0.5) * step;
    low[i] = blurred(z, 0, 5, sigma);
    high[i] = blurred(z, 5, 10, sigma);
    other[i] = blurred(z, -10, 0, sigma);
  }
  let sum = 0;
  for (let u = 0; u < CELLS; u++)
    for (let v = 0; v < CELLS; v++)
      sum += Math.max(low[u]! * other[v]! + other[u]! * low[v]!, high[u]! * other[v]! + other[u]! * high[v]!);
  // One half for the labels, one for which dimension is which.
  return (sum * step * step) / 4;
}
