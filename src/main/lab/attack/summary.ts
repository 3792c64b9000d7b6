import { gallery } from '../../charts/gallery';
import { seriesChart } from '../../charts/series';
import { mean } from '../../noise/statistics';
import { fixed, percent, seedsOf, spread } from '../numbers';
import type { Summary } from '../types';
import type { AttackReport, AttackRow, Direction, Place } from './types';

const WHERE = (sparse: number): Record<Place, string> => ({
  everywhere: 'everywhere',
  mask: `the ${percent(sparse, 0)} that the negative mask marks`,
  other: 'what it marks in another image',
  gradient: `the ${percent(sparse, 0)} with the largest gradient`,
  random: `${percent(sparse, 0)} at random`,
});
const HOW: Record<Direction, string> = { noise: 'noise', sign: 'gradient sign' };

export function attackSummary(report: AttackReport): Summary {
  const { rows, sizes, sparse, seeds, images, accuracy, objects, pictures } = report;
  const where = WHERE(sparse);
  const leastOf = (place: Place, direction: Direction) =>
    mean(rows.find((row) => row.place === place && row.direction === direction)!.least);
  const title = ({ place, direction }: AttackRow) => `${HOW[direction]}, ${where[place]}`;
  const compare = (direction: Direction, other: Place) => ({
    ours: `${fixed(leastOf('mask', direction), 2)} 8-bit steps where the mask says, ${fixed(leastOf(other, direction), 2)} ${where[other]}`,
    holds: leastOf('mask', direction) < leastOf(other, direction),
  });
  return {
    tables: [
      {
        title: `Share of ${images} images whose class changes, by the size of the change (root mean square over the image, 8-bit steps), ${seedsOf(seeds)}`,
        columns: ['attack', ...sizes.map(String), 'least size'],
        rows: rows.map((row) => [
          title(row),
          ...row.flips.map((values) => percent(mean(values), 0)),
          spread(row.least, 2),
        ]),
        note: `The encoder never saw noise, and names ${percent(accuracy)} of the clean images. At the same size a sparse change is ${fixed(Math.sqrt(1 / sparse), 1)} times as strong at each of its pixels. Least size: the mean over images; those that hold count as ${sizes.at(-1)}. AUROC of the mask as a sign of the object: ${spread(objects)}.`,
      },
    ],
    claims: [
      {
        paper:
          'Sparse adversarial attacks, spending the budget on semantic areas (2.1; no numbers): noise there against the same noise everywhere',
        ...compare('noise', 'everywhere'),
      },
      {
        paper: 'No number: noise there against noise where another image is marked',
        ...compare('noise', 'other'),
      },
      {
        paper: 'No number: gradient sign there against where another image is marked',
        ...compare('sign', 'other'),
      },
      {
        paper: 'No number: gradient sign there against as many pixels at random',
        ...compare('sign', 'random'),
      },
      {
        paper: 'No number: gradient sign there against gradient sign everywhere',
        ...compare('sign', 'everywhere'),
      },
      {
        paper: 'No number: gradient sign there against where the gradient is largest',
        ...compare('sign', 'gradient'),
      },
    ],
    figures: {
      'attack-flips.svg': seriesChart(
        'Images whose class changes',
        rows.map((row) => ({
          text: title(row),
          points: sizes.map((x, s) => ({ x, values: row.flips[s]! })),
        })),
        {
          x: { label: 'size of the change, 8-bit steps', logarithmic: true },
          y: { label: 'share of images', domain: [0, 1] },
        },
      ),
      'attack.svg': gallery('Changes of size 8, wherever an attack may put them', pictures),
    },
  };
}
