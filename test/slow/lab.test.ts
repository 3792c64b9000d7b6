/** Section 4 of the paper, and what noise and masks leave of a pixel, over three seeds. Figures of docs/lab.md. */
import { beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../src/main/engine';
import type { MonotoneReport } from '../../src/main/lab/monotone/types';
import { runExperiment } from '../../src/main/lab/run';
import type { ToyReport } from '../../src/main/lab/toy/types';
import type { LabContext } from '../../src/main/lab/types';
import { labContext } from './labSupport';

const CONFIG = { seed: 1, seeds: 3, quick: false };
const context: LabContext = labContext();
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

beforeAll(async () => {
  await startEngine('cpu');
});

describe('toy experiment', () => {
  let report: ToyReport;
  beforeAll(async () => {
    report = (await runExperiment('toy', CONFIG, context)) as ToyReport;
  }, 1_800_000);
  const at = (sigma: number) => report.rows.find((row) => row.sigma === sigma)!;

  test.each([
    [1, 0.975, 0.92],
    [2, 0.94, 0.84],
  ])('sigma %i: learned noise keeps at least %f in every seed, fixed noise %f', (sigma, least, fixed) => {
    for (const value of at(sigma).learned) expect(value).toBeGreaterThanOrEqual(least);
    for (const value of at(sigma).fixed) expect(Math.abs(value - fixed)).toBeLessThanOrEqual(0.01);
  });

  test('no classifier under fixed noise beats the best possible, but for chance', () => {
    for (const { fixed, fixedBest } of report.rows) expect(mean(fixed)).toBeLessThan(fixedBest + 0.005);
  });

  test('up to sigma 2 the irrelevant dimension gets more noise; beyond 5 it no longer does, and that is reported', () => {
    for (const sigma of [0.5, 1, 2]) expect(mean(at(sigma).irrelevantMore)).toBeGreaterThan(0.95);
    for (const sigma of [6, 8]) {
      expect(mean(at(sigma).irrelevantMore)).toBeLessThan(0.8);
      expect(mean(at(sigma).separate)).toBeLessThan(mean(at(sigma).fixed));
      expect(at(sigma).leak).toBe(true);
    }
    for (const sigma of [0.5, 1]) expect(at(sigma).leak).toBe(false);
  });
});

describe('what is left of a pixel', () => {
  let report: MonotoneReport;
  beforeAll(async () => {
    report = (await runExperiment('monotone', CONFIG, context)) as MonotoneReport;
  }, 1_800_000);

  test('noise: what a decoder reads falls with every step of sigma, and stays under what can be read', () => {
    const { noise } = report;
    noise.forEach(({ measuredBits, bits, accuracy, bestAccuracy }, i) => {
      expect(mean(measuredBits)).toBeLessThan(bits + 0.01);
      expect(mean(measuredBits)).toBeGreaterThan(bits - 0.2);
      expect(mean(accuracy)).toBeLessThan(bestAccuracy + 0.01);
      if (i > 0) expect(mean(measuredBits)).toBeLessThan(mean(noise[i - 1]!.measuredBits));
    });
  });

  test('a factor: a decoder reads every pixel right at every factor', () => {
    const whole = mean(report.mask[0]!.measuredBits);
    for (const { measuredBits, accuracy } of report.mask) {
      expect(mean(accuracy)).toBeGreaterThan(0.999);
      expect(Math.abs(mean(measuredBits) - whole)).toBeLessThan(0.01);
    }
  });

  test('rounded afterwards: all is there until steps are as wide as the gap between values', () => {
    for (const { strength, bits, measuredBits } of report.quantised) {
      expect(mean(measuredBits)).toBeLessThan(bits + 0.01);
      if (strength >= 0.1) expect(bits).toBe(4);
      else expect(bits).toBeLessThan(4);
    }
  });
});
