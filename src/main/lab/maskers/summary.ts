import { gallery } from '../../charts/gallery';
import { type Series, seriesChart } from '../../charts/series';
import type { MaskerName } from '../../noise/maskers/types';
import { deviation, mean } from '../../noise/statistics';
import { fixed, percent, seedsOf, spread } from '../numbers';
import type { Summary } from '../types';
import type { MaskerRow, MaskersReport } from './types';

/** Standard errors that a mean must lie from chance, and how far at least. */
const CLEAR = 4;
const WORTH = 0.02;
/** Share of variance within patches that makes a mask pixel-level. */
const FINE = 0.01;
/** Share of the noise that a relaxed sample must add to be called one. */
const FAITHFUL = 0.95;
/** Bits that a reader must lose from one strength to the next. */
const LOSES = 0.02;

const PAPER: Partial<Record<MaskerName, [semantic: boolean, pixel: boolean, monotone: boolean]>> = {
  beit: [false, false, true],
  mae: [false, false, true],
  semmae: [true, false, true],
  adios: [true, true, false],
  'learned-positive': [true, true, true],
  'learned-negative': [true, true, true],
};

const standardError = (values: number[]): number =>
  deviation(Float32Array.from(values)) / Math.sqrt(values.length);

export const isSemantic = ({ semantic }: MaskerRow): boolean =>
  mean(semantic) > Math.max(WORTH, CLEAR * standardError(semantic));
export const isPixelLevel = (row: MaskerRow): boolean => mean(row.fineness) > FINE;
export const isMonotone = ({ read }: MaskerRow): boolean =>
  read.every((values, s) => s === 0 || mean(values) < mean(read[s - 1]!) - LOSES);

const withError = (values: number[]): string => `${fixed(mean(values))} ± ${fixed(standardError(values))}`;

const yes = (value: boolean): string => (value ? 'yes' : 'no');

export function maskersSummary(report: MaskersReport): Summary {
  const { rows, strengths, seeds, gradients, pictures, testImages, sourceBits } = report;
  const last = strengths.length - 1;
  const [plain, ...relaxed] = gradients;
  const warmest = relaxed[0]!;
  const faithful =
    relaxed.find(({ added }) => mean(added) > FAITHFUL * mean(plain!.added)) ?? relaxed.at(-1)!;
  const row = (name: MaskerName) => rows.find((one) => one.name === name)!;
  const curves = (of: (one: MaskerRow) => number[][]): Series[] =>
    rows.map((one) => ({
      text: one.title,
      points: strengths.map((x, s) => ({ x, values: of(one)[s]! })),
    }));
  const x = { label: 'bits of 8 removed from a pixel, in the mean' };
  return {
    tables: [
      {
        title: `Table 1, measured at ${pictures.bits} bits removed (${testImages} test images, ${seedsOf(seeds)}); the paper's marks in brackets`,
        columns: [
          'masker',
          'follows objects',
          'AUROC of the object',
          'semantic',
          'within patches',
          'pixel-level',
          'monotone',
        ],
        rows: rows.map((one) => {
          const paper = PAPER[one.name];
          const marked = (value: boolean, k: 0 | 1 | 2) =>
            `${yes(value)}${paper ? ` (${yes(paper[k])})` : ''}`;
          return [
            ...[one.title, withError(one.semantic), spread(one.objects), marked(isSemantic(one), 0)],
            ...[percent(mean(one.fineness)), marked(isPixelLevel(one), 1), marked(isMonotone(one), 2)],
          ];
        }),
        note: `Follows objects: |AUROC - 1/2| of lost bits against the image's own object, less that against another image's. Semantic: more than ${WORTH}, and ${CLEAR} standard errors. Within patches: share of the variance of lost bits within 3 px patches; pixel-level: more than ${percent(FINE, 0)}. Monotone: a trained reader names fewer bits at every stronger setting.`,
      },
      {
        title: `Bits of ${sourceBits} that a trained reader names of a pixel`,
        columns: ['masker', ...strengths.map((bits) => `${bits} removed`)],
        rows: rows.map(({ title, read }) => [title, ...read.map((values) => fixed(mean(values), 2))]),
        note: 'A reader knows the mask: it divides by what the pixel was multiplied with.',
      },
      {
        title: `Share of images that the encoder still names (clean: ${percent(report.accuracy)})`,
        columns: ['masker', ...strengths.map((bits) => `${bits} removed`)],
        rows: rows.map(({ title, accuracy }) => [title, ...accuracy.map((values) => percent(mean(values)))]),
        note: 'The encoder was trained with Gaussian noise, and has never seen the other maskers.',
      },
      {
        title: 'Gradients that train a mask',
        columns: [
          'noise drawn',
          'variance / squared length',
          'cosine with the first',
          'noise added / noise meant',
        ],
        rows: gradients.map(({ title, variance, direction, added }) => [
          ...[title, spread(variance, 2), spread(direction, 2), spread(added, 2)],
        ]),
        note: 'At a trained positive mask, over draws of the noise. A cold Gumbel-softmax has a noisy gradient; a warm one adds less noise than the entropy says.',
      },
    ],
    claims: [
      ...(Object.entries(PAPER) as [MaskerName, [boolean, boolean, boolean]][]).map(([name, paper]) => {
        const one = row(name);
        const ours = [isSemantic(one), isPixelLevel(one), isMonotone(one)];
        const words = (marks: boolean[]) =>
          ['semantic', 'pixel-level', 'monotone']
            .map((word, k) => `${marks[k] ? '' : 'not '}${word}`)
            .join(', ');
        return {
          paper: `Table 1, ${one.title}: ${words(paper)}`,
          ours: words(ours),
          holds: ours.every((value, k) => value === paper[k]),
        };
      }),
      {
        paper: 'A real-valued mask reduces information only by finite precision (section 3)',
        ours: `at ${strengths[last]} bits a reader names ${fixed(mean(row('adios').read[last]!), 2)} bits before rounding, ${fixed(mean(row('adios-rounded').read[last]!), 2)} after`,
        holds: !isMonotone(row('adios')) && isMonotone(row('adios-rounded')),
      },
      {
        paper: 'The Gumbel-max trick over 256 values resulted in unstable training (section 3)',
        ours: `${faithful.title.split(', ')[1]}, the warmest that adds the noise it means: gradient variance ${fixed(mean(faithful.variance) / mean(plain!.variance), 1)} times that of Gaussian noise; ${warmest.title.split(', ')[1]}: ${percent(mean(warmest.added), 0)} of the noise`,
        holds: mean(faithful.variance) > 2 * mean(plain!.variance),
      },
    ],
    figures: {
      'maskers.svg': gallery(`Images with ${pictures.bits} of 8 bits removed from a pixel, in the mean`, [
        { title: 'image', images: pictures.originals },
        ...pictures.masked,
      ]),
      'maskers-read.svg': seriesChart(
        'Bits that a trained reader names of a pixel',
        curves(({ read }) => read),
        { x, y: { label: `bits of ${sourceBits}`, domain: [0, sourceBits] } },
      ),
      'maskers-accuracy.svg': seriesChart(
        'Images that the encoder still names',
        curves(({ accuracy }) => accuracy),
        { x, y: { label: 'accuracy', domain: [0, 1] } },
      ),
    },
  };
}
