/** @file What an experiment shows, and what the paper says of it beside our numbers. */
import type { ExperimentName, KeptExperiment } from '../../contract/types';
import type { HelpTopic } from '../help/texts';

export interface Claim {
  /** What the paper says, and where. */
  paper: string;
  ours: string;
  holds: boolean;
}

interface Experiment {
  name: ExperimentName;
  title: string;
  about: HelpTopic;
  /** On two threads, with three seeds. */
  minutes: string;
  claims(report: KeptExperiment['report']): Claim[];
}

interface ToyRow {
  sigma: number;
  learned: number[];
  fixed: number[];
  fixedBest: number;
  irrelevantMore: number[];
}
interface Point {
  strength: number;
  bits: number;
  measuredBits: number[];
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Beyond, the size of the noise gives the label away to the classifier trained with it (docs/lab.md). */
const HONEST_SIGMA = 2;

function toyClaims(report: KeptExperiment['report']): Claim[] {
  const rows = (report.rows as ToyRow[]).filter(({ sigma }) => sigma <= HONEST_SIGMA);
  const more = mean(rows.flatMap(({ irrelevantMore }) => irrelevantMore));
  const small = rows[0]!;
  return [
    ...rows.map(({ sigma, learned, fixed }) => ({
      paper: `Learned noise leaves more accuracy than fixed noise of the same entropy (Fig. 4), here at sigma ${sigma}`,
      ours: `${three(mean(learned))} learned, ${three(mean(fixed))} fixed`,
      holds: mean(learned) > mean(fixed),
    })),
    {
      paper: 'The dimension with negative values, which says nothing, gets the larger noise (Fig. 3)',
      ours: `at ${percent(more)} of points up to sigma ${HONEST_SIGMA}`,
      holds: more > 0.9,
    },
    {
      paper: `No number given; fixed noise of sigma ${small.sigma} leaves 1 - 0.080 sigma at best, in closed form`,
      ours: `${three(mean(small.fixed))}, best ${three(small.fixedBest)}`,
      holds: Math.abs(mean(small.fixed) - (1 - 0.08 * small.sigma)) < 0.01,
    },
  ];
}

function monotoneClaims(report: KeptExperiment['report']): Claim[] {
  const { noise, mask } = report as unknown as { noise: Point[]; mask: Point[] };
  const left = noise
    .toSorted((a, b) => a.strength - b.strength)
    .map(({ measuredBits }) => mean(measuredBits));
  const kept = mask.map(({ measuredBits }) => mean(measuredBits));
  const [most, least] = [Math.max(...kept), Math.min(...kept)];
  return [
    {
      paper: 'Adding noise takes information away, and more noise takes more (Fig. 1, right)',
      ours: `${three(left[0]!)} bits read under the least noise, falling to ${three(left.at(-1)!)} under the most`,
      holds: left.every((bits, i) => i === 0 || bits < left[i - 1]! + 0.01),
    },
    {
      paper: 'A real-valued mask only moves values; it takes nothing away (Fig. 1, left)',
      ours: `${three(least)} to ${three(most)} bits read, whatever the factor`,
      holds: most - least < 0.05,
    },
  ];
}

export const EXPERIMENTS: Experiment[] = [
  {
    name: 'toy',
    title: 'Learned noise against fixed noise (section 4)',
    about: 'toy',
    minutes: 'about a minute',
    claims: toyClaims,
  },
  {
    name: 'monotone',
    title: 'Noise takes information away, a real-valued mask does not (figure 1)',
    about: 'monotone',
    minutes: 'one to two minutes',
    claims: monotoneClaims,
  },
];
