/**
 * @file What a stored noise map means. A mask model gives one log-odds value `a` per map pixel; everything shown or
 * exported follows from it and a budget, so window, exports and scores share these few functions.
 *
 *   q = sigmoid(a + shift),  mean(q) = budget;   log sigma = log sigmaMin + q (log sigmaMax - log sigmaMin)
 *
 * sigma is in units of the normalised image (unit-ish variance); `sigma255 = sigma * pixelScale` in 8-bit steps.
 */

/** The range one pixel's noise may take, in normalised units, and the size of that unit in 8-bit steps. */
export interface NoiseScale {
  sigmaMin: number;
  sigmaMax: number;
  /** 8-bit steps per normalised unit: the standard deviation the image was divided by. */
  pixelScale: number;
}

/** One value a pixel, row by row: `values[y * width + x]`. */
export interface Grid {
  width: number;
  height: number;
  values: Float32Array;
}

export type MaskKind = 'positive' | 'negative';

/** Budget at which a map is shown when nobody has chosen one: the mean of q over the image. */
export const DEFAULT_BUDGET: Record<MaskKind, number> = { positive: 0.85, negative: 0.25 };

/** Steps of Newton's method or of bisection; a handful are taken. */
const SHIFT_STEPS = 100;
/** How close the mean has to come to the budget. */
const SHIFT_CLOSE = 1e-9;
/** e^300 is far from the ends of the numbers, and what is further from a half than that is 0 or 1. */
const SHIFT_FAR = 300;

const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * The shift t with mean(sigmoid(a + t)) = budget (docs/method.md 3): Newton's method for the logit of the mean, which is nearly
 * straight in t, and bisection where a step would leave the bracket.
 * @param logOdds values a, any shape; must be finite
 * @param budget in (0, 1)
 */
export function budgetShift(logOdds: ArrayLike<number>, budget: number): number {
  return solveShift(logOdds, budget).shift;
}

/** @returns also the factors f with e^-(a + shift) = f * moved, from which q is 1 / (1 + f * moved) */
function solveShift(
  logOdds: ArrayLike<number>,
  budget: number,
): { shift: number; factors: Float64Array; moved: number } {
  let [low, high, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < logOdds.length; i++) {
    const a = logOdds[i]!;
    low = Math.min(low, a);
    high = Math.max(high, a);
    total += a;
  }
  // With every a equal the answer is logit(budget) - a; the spread of a brackets it on both sides.
  const wanted = logit(budget);
  let from = wanted - high;
  let to = wanted - low;
  let shift = Math.min(Math.max(wanted - total / logOdds.length, from), to);
  // e^-(a + reference), from which e^-(a + shift) is one multiplication: exponentials are what this costs.
  const factors = new Float64Array(logOdds.length);
  let reference = Number.POSITIVE_INFINITY;
  let moved = 1;
  for (let step = 0; step < SHIFT_STEPS; step++) {
    if (Math.abs(shift - reference) > SHIFT_FAR) {
      reference = shift;
      for (let i = 0; i < factors.length; i++) factors[i] = Math.exp(-logOdds[i]! - reference);
    }
    moved = Math.exp(reference - shift);
    let [sum, slope] = [0, 0];
    for (let i = 0; i < factors.length; i++) {
      const q = 1 / (1 + factors[i]! * moved);
      sum += q;
      slope += q * (1 - q);
    }
    const mean = sum / logOdds.length;
    if (Math.abs(mean - budget) <= SHIFT_CLOSE) break;
    if (mean < budget) from = shift;
    else to = shift;
    const newton = shift - ((logit(mean) - wanted) * mean * (1 - mean) * logOdds.length) / slope;
    shift = newton > from && newton < to ? newton : (from + to) / 2;
  }
  return { shift, factors, moved };
}

/** q in (0, 1) at every map pixel, with mean exactly the budget. */
export function noiseFraction(logOdds: Grid, budget: number): Grid {
  const { factors, moved } = solveShift(logOdds.values, budget);
  const values = new Float32Array(factors.length);
  for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + factors[i]! * moved);
  return { ...logOdds, values };
}

/** sigma of one pixel from q. */
export function sigmaOf(q: number, scale: NoiseScale): number {
  const low = Math.log(scale.sigmaMin);
  return Math.exp(low + q * (Math.log(scale.sigmaMax) - low));
}

/**
 * Kept information of a pixel in bits, 1/2 log2(1 + s^2/sigma^2) less the same at sigmaMax, where the signal's
 * deviation s is 1 (the image is normalised): the capacity of the pixel's Gaussian channel beyond that at full noise.
 */
export function keptInformation(q: number, scale: NoiseScale): number {
  const capacity = (sigma: number) => 0.5 * Math.log2(1 + 1 / (sigma * sigma));
  return capacity(sigmaOf(q, scale)) - capacity(scale.sigmaMax);
}

/** Largest value keptInformation can take on this scale. */
export function maxKeptInformation(scale: NoiseScale): number {
  return keptInformation(0, scale);
}

const UNIFORM_BITS = 8;

/**
 * Entropy in bits of round(N(0, sigma255^2)), by summation over the integers, capped at the 8 bits of a uniform
 * 8-bit pixel (paper, section 2.1): 0 = the pixel is known, 8 = nothing is known.
 */
export function entropyBits(sigma255: number): number {
  if (!(sigma255 > 0)) return 0;
  // Beyond this the differential entropy 1/2 log2(2 pi e sigma^2) already exceeds the cap.
  if (sigma255 > 80) return UNIFORM_BITS;
  const reach = Math.ceil(9 * sigma255) + 1;
  let bits = 0;
  for (let k = 0; k <= reach; k++) {
    const p = normalBetween((k - 0.5) / sigma255, (k + 0.5) / sigma255);
    if (p > 0) bits -= (k === 0 ? 1 : 2) * p * Math.log2(p);
  }
  return Math.min(bits, UNIFORM_BITS);
}

/** P(from < Z < to) of a standard normal, from the tail so that small probabilities keep their digits. */
function normalBetween(from: number, to: number): number {
  return upperTail(from) - upperTail(to);
}

/** P(Z > z), W. J. Cody's rational Chebyshev form as given in Numerical Recipes (erfc, relative error < 1.2e-7). */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const poly =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t *
                      (0.27886807 +
                        t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const half = 0.5 * t * Math.exp(-x * x + poly);
  return z >= 0 ? half : 1 - half;
}

const TABLE_STEPS = 1024;

/** A function of q in [0, 1], tabulated and interpolated: a map of any size costs one look-up a pixel. */
function tabulated(ofFraction: (q: number) => number): (q: number) => number {
  const table = Float32Array.from({ length: TABLE_STEPS + 1 }, (_, i) => ofFraction(i / TABLE_STEPS));
  return (q) => {
    const position = Math.min(Math.max(q, 0), 1) * TABLE_STEPS;
    const index = Math.min(Math.floor(position), TABLE_STEPS - 1);
    const fraction = position - index;
    return table[index]! * (1 - fraction) + table[index + 1]! * fraction;
  };
}

/** entropyBits as a function of q on one scale. */
export function entropyTable(scale: NoiseScale): (q: number) => number {
  return tabulated((q) => entropyBits(sigmaOf(q, scale) * scale.pixelScale));
}

/**
 * How important a pixel is, as a function of q, in bits; larger is more important for either mask. A positive mask
 * marks what has to stay: kept information. A negative mask marks where noise hurts: the entropy (Eq. 2, in bits) of
 * its noise above that of the least noise, log2(sigma / sigmaMin), which unlike the capped 8-bit entropy has no ties.
 */
export function saliencyTable(mask: MaskKind, scale: NoiseScale): (q: number) => number {
  const range = Math.log2(scale.sigmaMax / scale.sigmaMin);
  return mask === 'positive' ? tabulated((q) => keptInformation(q, scale)) : (q) => q * range;
}

/** The largest value of saliencyTable. The least is 0. */
export function maxSaliency(mask: MaskKind, scale: NoiseScale): number {
  return mask === 'positive' ? maxKeptInformation(scale) : Math.log2(scale.sigmaMax / scale.sigmaMin);
}

/**
 * Where the fixed legend of heat maps ends, as a share of maxSaliency. Under the budgets people look at hardly a pixel keeps
 * more than half of what it could; what does has the last colour.
 */
export const LEGEND_SHARE: Record<MaskKind, number> = { positive: 0.5, negative: 1 };

/** Bits that the last colour of a heat map stands for. */
export function legendTop(mask: MaskKind, scale: NoiseScale): number {
  return LEGEND_SHARE[mask] * maxSaliency(mask, scale);
}

/** The table of the scale asked for last: one project has one scale, and a table takes longer than a map. */
let lastTable: { key: string; bits: (q: number) => number } | null = null;

/**
 * Entropy of a map at a budget: mean bits per pixel, and their total over the image's own pixels.
 * @param pixels width * height of the image the map belongs to
 */
export function entropyOf(
  logOdds: Grid,
  budget: number,
  scale: NoiseScale,
  pixels: number,
): { meanBits: number; totalBits: number } {
  const key = `${scale.sigmaMin} ${scale.sigmaMax} ${scale.pixelScale}`;
  if (lastTable?.key !== key) lastTable = { key, bits: entropyTable(scale) };
  let sum = 0;
  for (const q of noiseFraction(logOdds, budget).values) sum += lastTable.bits(q);
  const meanBits = sum / logOdds.values.length;
  return { meanBits, totalBits: meanBits * pixels };
}

/** Bilinear resampling with half-pixel centres and clamped edges (as TensorFlow's `halfPixelCenters`). */
export function resample(grid: Grid, width: number, height: number): Grid {
  const values = new Float32Array(width * height);
  const columns = axis(grid.width, width);
  const rows = axis(grid.height, height);
  for (let y = 0; y < height; y++) {
    const row = rows[y]!;
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      const at = (r: number, c: number) => grid.values[r * grid.width + c]!;
      const top = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
      const bottom = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
      values[y * width + x] = top * (1 - row.part) + bottom * row.part;
    }
  }
  return { width, height, values };
}

function axis(from: number, to: number): { low: number; high: number; part: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), part: position - low };
  });
}
