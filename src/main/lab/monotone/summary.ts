import type { LabTable } from '../../../contract/lab';
import { mean } from '../../noise/statistics';
import { fixed, seedsOf } from '../numbers';
import type { Summary } from '../types';
import { monotoneFigures } from './figures';
import type { MonotonePoint, MonotoneReport } from './types';

export function monotoneSummary(report: MonotoneReport): Summary {
  const { noise, mask, quantised, levels, seeds } = report;
  const left = noise
    .toSorted((a, b) => a.strength - b.strength)
    .map(({ measuredBits }) => mean(measuredBits));
  const kept = mask.map(({ measuredBits }) => mean(measuredBits));
  const [most, least] = [Math.max(...kept), Math.min(...kept)];
  const table = (title: string, strength: string, points: MonotonePoint[]): LabTable => ({
    title: `${title}: bits left of a pixel with ${levels} values (${Math.log2(levels)} bits), ${seedsOf(seeds)}`,
    columns: [strength, 'computed', 'read', 'right', 'right at best'],
    rows: points.map(({ strength: s, bits, measuredBits, accuracy, bestAccuracy }) =>
      [s, bits, mean(measuredBits), mean(accuracy), bestAccuracy].map((value) => fixed(value)),
    ),
  });
  return {
    tables: [
      table('Noise', 'sigma, in deviations', noise),
      table('Multiplied by m', 'm', mask),
      table('Multiplied by m and rounded to 8-bit steps', 'm', quantised),
    ],
    claims: [
      {
        paper: 'Adding noise takes information away, and more noise takes more (Fig. 1, right)',
        ours: `${fixed(left[0]!)} bits read under the least noise, falling to ${fixed(left.at(-1)!)} under the most`,
        holds: left.every((bits, i) => i === 0 || bits < left[i - 1]! + 0.01),
      },
      {
        paper: 'A real-valued mask only moves values; it takes nothing away (Fig. 1, left)',
        ours: `${fixed(least)} to ${fixed(most)} bits read, whatever the factor`,
        holds: most - least < 0.05,
      },
    ],
    figures: monotoneFigures(report),
  };
}
