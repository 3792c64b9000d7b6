/** @file Numbers as tables write them. */
import { mean } from '../noise/statistics';

export function fixed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const text = value.toFixed(digits);
  // Nothing is nothing, from whichever side.
  return Number(text) === 0 ? text.replace('-', '') : text;
}

export const percent = (share: number, digits = 1): string => `${fixed(100 * share, digits)} %`;

/** The mean of repetitions, with the least and the largest where there are several. */
export function spread(values: number[], digits = 3): string {
  const centre = fixed(mean(values), digits);
  if (values.length < 2) return centre;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A dash beside a minus is hard to read.
  return `${centre} (${fixed(least, digits)}${least < 0 ? ' to ' : '–'}${fixed(most, digits)})`;
}

export const seedsOf = (seeds: number[]): string =>
  seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`;
