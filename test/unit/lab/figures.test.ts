import { describe, expect, test } from 'vitest';
import { linearScale, logScale } from '../../../src/main/charts/scale';
import type { AttackReport } from '../../../src/main/lab/attack/types';
import type { MaskersReport } from '../../../src/main/lab/maskers/types';
import type { MnistReport } from '../../../src/main/lab/mnist/types';
import type { MonotonePoint, MonotoneReport } from '../../../src/main/lab/monotone/types';
import { summaryOf } from '../../../src/main/lab/summary';
import type { ToyReport } from '../../../src/main/lab/toy/types';
import type { LabReport } from '../../../src/main/lab/types';
import type { VideoReport } from '../../../src/main/lab/video/types';
import type { MaskerName } from '../../../src/main/noise/maskers/types';
import { budgets, ssl } from './examples';

describe('axes', () => {
  test('linear: round ticks, ends at the ends', () => {
    const scale = linearScale([0.5, 1], [300, 0], 5);
    expect(scale.ticks).toEqual([0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect([scale.at(0.5), scale.at(0.75), scale.at(1)]).toEqual([300, 150, 0]);
  });

  test('logarithmic: ticks at 1, 2 and 5; equal factors are equally far', () => {
    const scale = logScale([0.02, 2], [0, 100]);
    expect(scale.ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(scale.at(0.2)).toBeCloseTo(50);
  });
});

const toy: ToyReport = {
  ...{ experiment: 'toy', seeds: [1, 2], steps: 1, testPoints: 1 },
  rows: [1, 2].map((sigma) => ({
    ...{ sigma, entropy: 2.8 * sigma, learned: [0.9, 0.95], bounded: [0.9, 0.9], fixed: [0.8, 0.85] },
    ...{ fixedBest: 0.9, separate: [0.7, 0.9], irrelevantMore: [1, 1], leak: false },
  })),
  picture: {
    ...{ sigma: 1, labels: [0, 1], answers: [0, 0] },
    points: [
      [2, -3],
      [-4, 7],
    ],
    deviations: [
      [0.2, 5],
      [5, 0.2],
    ],
  },
};
const point = (strength: number): MonotonePoint => ({
  ...{ strength, bits: 2, measuredBits: [1.9], accuracy: [0.5], bestAccuracy: 0.6 },
});
const monotone: MonotoneReport = {
  ...{ experiment: 'monotone', seeds: [1], steps: 1, levels: 16 },
  noise: [0.1, 1].map((strength) => ({ ...point(strength), gaussianBits: 3 })),
  ...{ mask: [1, 0.1].map(point), quantised: [1, 0.1].map(point) },
};

const png = 'data:image/png;base64,AAAA';
const masker = (name: MaskerName, read: number[], semantic: number): MaskersReport['rows'][number] => ({
  ...{ name, title: name, semantic: [semantic, semantic + 0.01], objects: [0.5 - semantic, 0.5 - semantic] },
  ...{
    fineness: [name === 'mae' ? 0 : 0.2, name === 'mae' ? 0 : 0.2],
    lost: [
      [4, 4],
      [6, 6],
    ],
  },
  ...{
    read: read.map((bits) => [bits, bits]),
    accuracy: [
      [1, 1],
      [0.5, 0.6],
    ],
  },
});
const maskers: MaskersReport = {
  ...{
    experiment: 'maskers',
    seeds: [1, 2],
    size: 64,
    testImages: 2,
    accuracy: 1,
    strengths: [4, 6],
    sourceBits: 4,
  },
  rows: [
    ...[masker('mae', [2, 1], 0), masker('beit', [2, 1], 0), masker('semmae', [2, 1], 0.3)],
    ...[masker('adios', [3.5, 3.5], 0.3), masker('adios-rounded', [3, 1], 0.3)],
    ...[masker('learned-positive', [3, 2], 0.4), masker('learned-negative', [3, 2], 0.4)],
  ],
  gradients: ['Gaussian, reparameterised', 'Gumbel-softmax, temperature 1'].map((title) => ({
    ...{ title, variance: [1, 2], direction: [1, 1], added: [1, 1] },
  })),
  pictures: {
    bits: 6,
    originals: [png],
    masked: [{ title: 'a rather long name of a masker', images: [png] }],
  },
};
const mnist: MnistReport = {
  ...{
    experiment: 'mnist',
    seeds: [1, 2],
    train: 10,
    test: 10,
    epochs: 1,
    pictures: [{ title: 'digit', images: [png] }],
  },
  rows: ['raw', 'random', 'zeroing 0.25', 'gaussian 0.5', 'learned 0.5 against', 'supervised'].map((key) => ({
    ...{ key, title: `${key}, one way`, paper: key === 'raw' ? 7.58 : null, error: [3, 4] },
    curve:
      key === 'raw'
        ? []
        : [
            { step: 1, loss: 0.7 },
            { step: 2, loss: 0.5 },
          ],
  })),
};
const attack: AttackReport = {
  ...{
    experiment: 'attack',
    seeds: [1, 2],
    images: 2,
    accuracy: 1,
    sizes: [1, 8],
    sparse: 0.1,
    objects: [0.9, 0.9],
  },
  rows: (['everywhere', 'mask', 'other', 'gradient', 'random'] as const).flatMap((place) =>
    (['noise', 'sign'] as const).map((direction) => ({
      place,
      direction,
      flips: [
        [0, 0],
        [1, 0.5],
      ],
      least: [4, 5],
    })),
  ),
  pictures: [{ title: 'image', images: [png] }],
};
const video: VideoReport = {
  ...{ experiment: 'video', seeds: [1, 2], frames: 3, drawn: false, budget: 0.85 },
  rows: (['cold', 'warm', 'model'] as const).map((of) => ({
    ...{ of, steps: 5, flicker: [0.1, 0.1], still: [], distance: [0.1, 0.2], auroc: [] },
  })),
  flickers: [{ of: 'cold', values: [0.1, 0.2] }],
  pictures: [
    { title: 'frame', images: [png] },
    { title: 'cold', images: [png] },
  ],
};

const reports: LabReport[] = [toy, monotone, maskers, mnist, attack, video, budgets, ssl];

test.each(reports)('$experiment: tables are whole, and hold no number that is not finite', (report) => {
  const { tables, claims } = summaryOf(report);
  expect(claims.length).toBeGreaterThan(0);
  for (const { columns, rows } of tables) for (const row of rows) expect(row).toHaveLength(columns.length);
  expect(JSON.stringify([tables, claims])).not.toMatch(/NaN|Infinity|undefined/);
});

test('properties of table 1 are read from what was measured', () => {
  const [table] = summaryOf(maskers).tables;
  const of = (title: string) => table!.rows.find(([name]) => name === title)!;
  expect(of('mae').slice(3)).toEqual(['no (no)', '0.0 %', 'no (no)', 'yes (yes)']);
  expect(of('adios').slice(3)).toEqual(['yes (yes)', '20.0 %', 'yes (yes)', 'no (no)']);
  expect(of('learned-positive').slice(3)).toEqual(['yes (yes)', '20.0 %', 'yes (yes)', 'yes (yes)']);
});

test.each(reports)(
  '$experiment: every figure is well-formed and holds no number that is not finite',
  (report) => {
    const figures = summaryOf(report).figures;
    expect(Object.keys(figures).length).toBeGreaterThan(0);
    for (const svg of Object.values(figures)) {
      expect(svg).toMatch(/^<svg xmlns/);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const open = svg.match(/<[a-zA-Z]+(\s[^>]*[^/])?>/g)!.length;
      expect(svg.match(/<\/[a-zA-Z]+>/g)).toHaveLength(open);
    }
  },
);

test('the ellipses have the deviations as radii', () => {
  // 330 pixels for 26 units.
  const unit = 330 / 26;
  const [, rx, ry] = /<ellipse[^>]*rx="([\d.]+)" ry="([\d.]+)"/.exec(
    summaryOf(toy).figures['toy-3-ellipses.svg']!,
  )!;
  expect(Number(rx)).toBeCloseTo(0.2 * unit, 1);
  expect(Number(ry)).toBeCloseTo(5 * unit, 1);
});

test('learned noise is held against isotropic noise of its own entropy, and against the best that was tried', () => {
  const errors: Record<string, number[]> = {
    ...{ random: [8, 8], 'zeroing 0.25': [7, 7], supervised: [5, 5] },
    ...{ 'gaussian 0.25': [7, 7.1], 'gaussian 0.5': [6, 6.1], 'learned 0.25 against': [6.5, 6.9] },
  };
  const rows = Object.entries(errors).map(([key, error]) => ({
    ...{ key, title: `${key}, one way`, paper: null, error, curve: [] },
  }));
  const { claims } = summaryOf({ ...mnist, rows });
  const holds = (part: string) => claims.filter(({ paper }) => paper.includes(part)).map((one) => one.holds);
  expect(holds('of the same entropy')).toEqual([true]);
  expect(holds('of the best strength')).toEqual([false]);
});
