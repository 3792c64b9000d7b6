/** @file The lab's reports as tables for people. */
import type { MonotonePoint, MonotoneReport } from '../lab/monotone/types';
import type { ToyReport } from '../lab/toy/types';

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const column = (value: string): string => value.padStart(10);
const numbers = (...values: [number, number][]): string =>
  values.map(([value, digits]) => column(value.toFixed(digits))).join('');

export function describeToy({ rows, seeds, steps }: ToyReport): string[] {
  const heads = ['sigma', 'entropy', 'learned', 'bounded', 'fixed', 'best fixed', 'separate', 'irrelevant'];
  const leaks = rows.filter(({ leak }) => leak).map(({ sigma }) => sigma);
  return [
    `Test accuracy at equal entropy, ${seeds.length} seed(s), ${steps} steps`,
    heads.map(column).join(' '),
    ...rows.map(({ sigma, entropy, learned, bounded, fixed, fixedBest, separate, irrelevantMore }) =>
      [
        numbers([sigma, 1]),
        numbers([entropy, 3]),
        ...[mean(learned), mean(bounded), mean(fixed), fixedBest, mean(separate), mean(irrelevantMore)].map(
          (value) => numbers([value, 3]),
        ),
      ].join(' '),
    ),
    'separate: a classifier trained on noise that belongs to other points; irrelevant: share of points whose',
    'irrelevant dimension gets more noise.',
    ...(leaks.length > 0
      ? [
          `At sigma ${leaks.join(', ')} a separate classifier reads less than under fixed noise: the noise's size gives the answer
away to the classifier trained with it, and that is no success.`,
        ]
      : []),
  ];
}

export function describeMonotone({ noise, mask, quantised, levels, seeds }: MonotoneReport): string[] {
  const heads = ['strength', 'computed', 'measured', 'accuracy', 'best'].map(column).join('');
  const row = ({ strength, bits, measuredBits, accuracy, bestAccuracy }: MonotonePoint): string =>
    numbers([strength, 3], [bits, 3], [mean(measuredBits), 3], [mean(accuracy), 3], [bestAccuracy, 3]);
  return [
    `Bits left of a pixel with ${levels} values (${Math.log2(levels)} bits), ${seeds.length} seed(s)`,
    'Noise of sigma (in deviations of the source)',
    heads,
    ...noise.map(row),
    'Multiplied by m',
    heads,
    ...mask.map(row),
    'Multiplied by m and rounded to 8-bit steps',
    heads,
    ...quantised.map(row),
  ];
}
