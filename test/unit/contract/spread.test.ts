import { expect, test } from 'vitest';
import { mapSpread, spreadOf } from '../../../src/contract/spread';

test('is a half where all pixels count alike, and half of one where one holds everything', () => {
  expect(spreadOf([0.3, 0.3, 0.3, 0.3])).toBeCloseTo(1 / 2, 12);
  expect(spreadOf([0, 0, 7, 0, 0])).toBeCloseTo(0.5 / 5, 12);
});

test('is half of the part over which importance lies evenly', () => {
  expect(spreadOf([2, 2, 0, 0, 0, 0, 0, 2])).toBeCloseTo(1.5 / 8, 12);
});

test('by hand: the two largest of four have 7 of 10, and 5 are half', () => {
  // 4 from the first and 1 of the 3 of the second.
  expect(spreadOf([1, 4, 2, 3])).toBeCloseTo((1 + 1 / 3) / 4, 12);
});

test('does not ask how much there is, and prefers nothing where there is nothing', () => {
  expect(spreadOf([0.1, 0.4, 0.2])).toBeCloseTo(spreadOf([10, 40, 20]), 12);
  expect(spreadOf([0, 0, 0])).toBe(0.5);
});

const SCALE = { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 64 };
const grid = (values: number[]) => ({ width: values.length, height: 1, values: Float32Array.from(values) });

test('of a map: flat log-odds are spread over all of it, whatever their level', () => {
  for (const mask of ['positive', 'negative'] as const)
    expect(mapSpread(grid([-3, -3, -3, -3]), mask, SCALE)).toBeCloseTo(0.5, 6);
});

test('of a map: a few pixels that must stay, among many that need not, are a small part', () => {
  // Log-odds this far apart leave q at 0 in 3 of 20 pixels and at 1 in the others, whose mean is the budget of 0.85.
  const values = Array.from({ length: 20 }, (_, i) => (i < 3 ? -40 : 40));
  expect(mapSpread(grid(values), 'positive', SCALE)).toBeCloseTo(1.5 / 20, 6);
});
