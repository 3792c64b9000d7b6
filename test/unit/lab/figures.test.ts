import { describe, expect, test } from 'vitest';
import { linearScale, logScale } from '../../../src/main/charts/scale';
import { figuresOf } from '../../../src/main/lab/figures';
import type { MonotonePoint, MonotoneReport } from '../../../src/main/lab/monotone/types';
import type { ToyReport } from '../../../src/main/lab/toy/types';

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

test.each([toy, monotone])(
  '$experiment: every figure is well-formed and holds no number that is not finite',
  (report) => {
    const figures = figuresOf(report);
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
  const [, rx, ry] = /<ellipse[^>]*rx="([\d.]+)" ry="([\d.]+)"/.exec(figuresOf(toy)['toy-3-ellipses.svg']!)!;
  expect(Number(rx)).toBeCloseTo(0.2 * unit, 1);
  expect(Number(ry)).toBeCloseTo(5 * unit, 1);
});
