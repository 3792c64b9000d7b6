/** @file Figures 2, 3 and 4 of the paper, from a report. */
import { COLOURS, Panel } from '../../charts/panel';
import { linearScale } from '../../charts/scale';
import { svgDocument } from '../../charts/svg';
import type { ToyPicture, ToyReport, ToyRow } from './types';

const SIDE = 330;
const CLASSES = [COLOURS.blue, COLOURS.orange];
const ELLIPSES = 160;

/** @returns figures by file name */
export function toyFigures(report: ToyReport): Record<string, string> {
  return {
    'toy-2-decision-rule.svg': decisionRule(report.picture),
    'toy-3-ellipses.svg': ellipses(report.picture),
    'toy-4-accuracy.svg': accuracy(report),
  };
}

function square(left: number, title: string, reach = 10.5): Panel {
  const [top, bottom] = [36, 36 + SIDE];
  return new Panel(
    { left, top, width: SIDE, height: SIDE },
    {
      title,
      x: { label: 'dimension 0', scale: linearScale([-reach, reach], [left, left + SIDE], 5) },
      y: { label: 'dimension 1', scale: linearScale([-reach, reach], [bottom, top], 5) },
    },
  );
}

function decisionRule({ points, labels, answers, sigma }: ToyPicture): string {
  const truth = square(60, 'Label of every point');
  const learned = square(60 + SIDE + 80, `Answer to the noisy point, sigma ${sigma}`);
  points.forEach((point, i) => {
    truth.dot(point, CLASSES[labels[i]!]!);
    learned.dot(point, CLASSES[answers[i]!]!);
  });
  const title = 'The decision rule (left) and what the classifier learned (right)';
  return svgDocument(2 * SIDE + 165, SIDE + 90, title, truth.markup + learned.markup);
}

function ellipses({ points, labels, deviations, sigma }: ToyPicture): string {
  const panel = square(60, `One deviation of the learned noise, sigma ${sigma}`, 13);
  points.slice(0, ELLIPSES).forEach((point, i) => {
    panel.ellipse(point, deviations[i]!, CLASSES[labels[i]!]!).dot(point, CLASSES[labels[i]!]!, 1.4);
  });
  return svgDocument(SIDE + 85, SIDE + 90, 'Ellipses of the learned noise', panel.markup);
}

const SERIES = [
  { key: 'learned', text: 'learned noise', colour: COLOURS.blue },
  { key: 'bounded', text: 'learned, dimensions within a factor e of the mean', colour: COLOURS.green },
  { key: 'separate', text: 'learned, read by a separate classifier', colour: COLOURS.purple },
  { key: 'fixed', text: 'fixed noise', colour: COLOURS.orange },
] as const;

function accuracy({ rows, seeds }: ToyReport): string {
  const [left, top, width, height] = [64, 36, 520, 330];
  const entropies = rows.map(({ entropy }) => entropy);
  const least = Math.min(...rows.flatMap(({ fixed, separate }) => [...fixed, ...separate]));
  const panel = new Panel(
    { left, top, width, height },
    {
      title: `Test accuracy at equal entropy, ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}`,
      x: {
        label: 'entropy of the noise on a point, nats (Eq. 2)',
        scale: linearScale(
          [Math.min(...entropies) - 0.2, Math.max(...entropies) + 0.2],
          [left, left + width],
        ),
      },
      y: {
        label: 'accuracy',
        scale: linearScale([Math.floor(least * 20) / 20, 1], [top + height, top]),
      },
    },
  );
  for (const { key, colour } of SERIES) {
    panel.band(
      rows.map((row) => ({ x: row.entropy, values: row[key] })),
      colour,
    );
    panel.line(
      rows.map((row) => [row.entropy, mean(row[key])]),
      { colour, dots: true },
    );
  }
  panel.line(
    rows.map((row: ToyRow) => [row.entropy, row.fixedBest]),
    { colour: COLOURS.grey, dashed: true },
  );
  const best = { text: 'best possible under fixed noise', colour: COLOURS.grey, dashed: true };
  panel.legend([...SERIES, best], 'bottom left');
  return svgDocument(left + width + 24, top + height + 54, 'Accuracy against entropy', panel.markup);
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
