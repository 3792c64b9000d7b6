/** @file Tests that hold for small samples, and their correction for having been made many times. */
import { Random } from '../noise/random';
import { mean } from '../noise/statistics';

const FLIPS = 2000;

/**
 * Whether paired differences are above zero: the share of random sign flips whose mean is at least as large (Fisher's
 * randomisation test, one-sided). @returns p in (0, 1]
 */
export function signFlipTest(differences: number[], seed: number): number {
  if (differences.length === 0) return 1;
  const random = new Random(seed, differences.length, 'sign flips');
  const observed = differences.reduce((sum, value) => sum + value, 0);
  let above = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    let sum = 0;
    for (const value of differences) sum += random.bits() < 0 ? value : -value;
    if (sum >= observed - 1e-9) above++;
  }
  return (above + 1) / (FLIPS + 1);
}

/** Holm's (1979) adjusted p values: those at most alpha hold together at a familywise error of alpha. */
export function holm(pValues: number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}

/** Welch's z of the first sample's mean against the second's; 0 where neither varies. */
export function welchZ(first: Moments, second: Moments): number {
  const error = first.variance / first.count + second.variance / second.count;
  return error > 0 ? (first.mean - second.mean) / Math.sqrt(error) : 0;
}

export interface Moments {
  count: number;
  mean: number;
  variance: number;
}

/** From sums of values and of squares. */
export function momentsOf(count: number, sum: number, squares: number): Moments {
  const centre = sum / count;
  return {
    count,
    mean: centre,
    variance: count > 1 ? Math.max(0, (squares - count * centre * centre) / (count - 1)) : 0,
  };
}

/** P(a value of the first > a value of the second), ties counting half. */
export function separation(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const all = [
    ...Array.from(first, (value) => ({ value, ours: true })),
    ...Array.from(second, (value) => ({ value, ours: false })),
  ].sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    for (let i = from; i < to; i++) if (all[i]!.ours) ranks += (from + to + 1) / 2;
    from = to;
  }
  const n = first.length;
  return (ranks - (n * (n + 1)) / 2) / (n * second.length);
}
