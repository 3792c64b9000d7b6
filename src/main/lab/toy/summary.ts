import { mean } from '../../noise/statistics';
import { fixed, percent, seedsOf } from '../numbers';
import type { Summary } from '../types';
import { toyFigures } from './figures';
import type { ToyReport } from './types';

/** Beyond, the size of the noise gives the label away to the classifier trained with it (docs/lab.md). */
const HONEST_SIGMA = 2;

export function toySummary(report: ToyReport): Summary {
  const { rows, seeds, steps } = report;
  const honest = rows.filter(({ sigma }) => sigma <= HONEST_SIGMA);
  const more = mean(honest.flatMap(({ irrelevantMore }) => irrelevantMore));
  const small = rows[0]!;
  const leaks = rows.filter(({ leak }) => leak).map(({ sigma }) => sigma);
  const leak = ` At sigma ${leaks.join(', ')} a separate classifier reads less than under fixed noise: the noise's size gives the answer away to the classifier trained with it, and that is no success.`;
  return {
    tables: [
      {
        title: `Test accuracy at equal entropy, ${seedsOf(seeds)}, ${steps} steps`,
        columns: [
          ...['sigma', 'entropy', 'learned', 'bounded', 'fixed', 'best fixed', 'separate', 'irrelevant'],
        ],
        rows: rows.map((row) => [
          ...[fixed(row.sigma, 1), fixed(row.entropy), fixed(mean(row.learned)), fixed(mean(row.bounded))],
          ...[fixed(mean(row.fixed)), fixed(row.fixedBest), fixed(mean(row.separate))],
          fixed(mean(row.irrelevantMore)),
        ]),
        note: `separate: a classifier trained on noise that belongs to other points; irrelevant: share of points whose irrelevant dimension gets more noise.${leaks.length > 0 ? leak : ''}`,
      },
    ],
    claims: [
      ...honest.map(({ sigma, learned, fixed: same }) => ({
        paper: `Learned noise leaves more accuracy than fixed noise of the same entropy (Fig. 4), here at sigma ${sigma}`,
        ours: `${fixed(mean(learned))} learned, ${fixed(mean(same))} fixed`,
        holds: mean(learned) > mean(same),
      })),
      {
        paper: 'The dimension with negative values, which says nothing, gets the larger noise (Fig. 3)',
        ours: `at ${percent(more)} of points up to sigma ${HONEST_SIGMA}`,
        holds: more > 0.9,
      },
      {
        paper: `No number given; fixed noise of sigma ${small.sigma} leaves 1 - 0.080 sigma at best, in closed form`,
        ours: `${fixed(mean(small.fixed))}, best ${fixed(small.fixedBest)}`,
        holds: Math.abs(mean(small.fixed) - (1 - 0.08 * small.sigma)) < 0.01,
      },
    ],
    figures: toyFigures(report),
  };
}
