import type { LabClaim } from '../../../contract/lab';
import { dotChart } from '../../charts/dots';
import { gallery } from '../../charts/gallery';
import { mean } from '../../noise/statistics';
import { fixed, percent, seedsOf } from '../numbers';
import type { Summary } from '../types';
import type { Framework, SslMeasure, SslReport, SslRow, Way } from './types';

const FRAMEWORKS: Record<Framework, string> = { simclr: 'SimCLR', simsiam: 'SimSiam' };
const waysOf = (patches: number): Record<SslRow['way'], string> => ({
  none: 'augmentation alone',
  patches: `${percent(patches, 0)} of the patches at random`,
  adios: 'ADIOS masks',
  uniform: 'uniform noise of equal entropy',
  learned: 'learned noise',
  untrained: 'untrained encoder',
  supervised: 'supervised',
});

const of = ({ measures }: SslRow, key: 'probe' | 'knn' | 'spread' | 'dimensions') =>
  measures.map((one) => one[key]);
const shares = (values: number[]) => {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((one) => fixed(100 * one, 1));
  return values.length < 2 ? percent(values[0]!) : `${percent(mean(values))} (${least}–${most})`;
};

export function sslSummary(report: SslReport): Summary {
  const { rows, seeds, size, epochs, train, test, classes, features, patches, pictures } = report;
  const ways = waysOf(patches);
  const title = ({ framework, way }: SslRow) =>
    framework === null ? ways[way] : `${FRAMEWORKS[framework]}, ${ways[way]}`;
  return {
    tables: [
      {
        title: `What frozen features say of ${classes} classes: ${train} images without labels at ${size} px, ${epochs} epochs, ${test} test images, ${seedsOf(seeds)}`,
        columns: ['encoder', 'linear probe', 'nearest neighbours', 'spread', 'dimensions', 'collapse'],
        rows: rows.map((row) => [
          ...[title(row), shares(of(row, 'probe')), shares(of(row, 'knn'))],
          ...[fixed(mean(of(row, 'spread')), 2), fixed(mean(of(row, 'dimensions')), 1)],
          signsOf(row.measures),
        ]),
        note: `Probe and neighbours (10, by cosine) learn from the labels of the training images. One standard error of a share of ${test} images is up to ${percent(0.5 / Math.sqrt(test))}. Spread: 0 where all embeddings point one way. Dimensions: how many of ${features} vary, as if equally. One view of each pair is hidden; noise of one budget has the same entropy (Eq. 2), learned or uniform.`,
      },
    ],
    claims: claimsOf(report),
    figures: {
      'ssl.svg': dotChart(
        'Test images that a linear probe names, and that neighbours name',
        ['linear probe', 'nearest neighbours'],
        rows.map((row) => ({ name: title(row), values: [of(row, 'probe'), of(row, 'knn')] })),
        { label: 'share of test images', domain: [1 / classes, 1] },
      ),
      'ssl-views.svg': gallery(
        'What an encoder has to know an image by, at the end of training',
        pictures.map(({ title: way, images }) => ({ title: ways[way as Way], images })),
      ),
    },
  };
}

/** Each sign once, with how many seeds showed it. */
function signsOf(measures: SslMeasure[]): string {
  const all = measures.flatMap(({ warnings }) => warnings);
  const signs = [...new Set(all)].map(
    (sign) => `${sign} (${all.filter((one) => one === sign).length} of ${measures.length})`,
  );
  return signs.join('; ') || '–';
}

const OTHERS: Way[] = ['none', 'patches', 'adios', 'uniform'];
const PLANNED =
  'We plan to apply learned noise as augmentation for common self-supervised frameworks such as SimCLR (5.2; no number)';

function claimsOf({ rows, patches, test, seeds }: SslReport): LabClaim[] {
  // One standard error of the difference of two shares near a half.
  const chance = 0.5 * Math.sqrt(2 / (test * seeds.length));
  const ways = waysOf(patches);
  const probe = (framework: Framework | null, way: SslRow['way']) =>
    mean(of(rows.find((row) => row.framework === framework && row.way === way)!, 'probe'));
  const against = (framework: Framework, other: Way): LabClaim => {
    const [ours, theirs] = [probe(framework, 'learned'), probe(framework, other)];
    const text = `with ${FRAMEWORKS[framework]}, learned noise against ${ways[other]}`;
    return {
      paper: other === 'none' ? `${PLANNED}: ${text}` : `No number: ${text}`,
      ours: `${percent(ours)} by a linear probe against ${percent(theirs)}${Math.abs(ours - theirs) < chance ? `: level, within the ${percent(chance)} that chance makes` : ''}`,
      holds: ours - theirs >= chance,
    };
  };
  const matched = rows.filter(({ framework }) => framework !== null);
  const collapsed = matched.filter(({ measures }) => measures.some(({ warnings }) => warnings.length > 0));
  return [
    ...(['simclr', 'simsiam'] as const).flatMap((framework) =>
      OTHERS.map((other) => against(framework, other)),
    ),
    {
      paper: 'No number: training the mask in turn with the encoder (Eq. 1) collapses neither',
      ours:
        collapsed.length === 0 ? 'no sign of it' : `signs in ${collapsed.length} of ${matched.length} rows`,
      holds: collapsed.length === 0,
    },
    {
      paper: 'No number: with learned noise SimCLR learns more than an encoder that was never trained knows',
      ours: `${percent(probe('simclr', 'learned'))} against ${percent(probe(null, 'untrained'))}`,
      holds: probe('simclr', 'learned') > probe(null, 'untrained'),
    },
  ];
}
