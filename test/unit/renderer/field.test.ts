import { describe, expect, it } from 'vitest';
import { budgetShift, keptInformation } from '../../../src/contract/noiseMap';
import {
  differenceField,
  type Field,
  maskField,
  methodField,
  rangeOf,
  regionAbove,
  shareAbove,
  valueAt,
} from '../../../src/renderer/drawing/field';
import { outlineOf } from '../../../src/renderer/drawing/outline';
import type { NoiseMap } from '../../../src/renderer/state/maps';

const scale = { sigmaMin: 0.1, sigmaMax: 1.6, pixelScale: 64 };
const grid = (width: number, values: number[]) => ({
  ...{ width, height: values.length / width },
  values: Float32Array.from(values),
});
const mapOf = (mask: NoiseMap['mask'], values: number[]): NoiseMap => ({
  ...{ runId: 1, mask, scale, logOdds: grid(2, values) },
});
/** Values as they are. */
const plain = (width: number, values: number[]): Field => ({
  ...{ grid: grid(width, values), value: (g) => g, domain: [0, 1], most: 1, top: 1, diverging: false },
  ...{ unit: 'of its range', means: 'importance', mask: null },
});

describe('a mask as a field', () => {
  it('is read as bits at the budget: kept information of a positive one', () => {
    const logOdds = [-2, 0, 1, 3];
    const field = maskField(mapOf('positive', logOdds), 0.6, 0.5);
    const shift = budgetShift(logOdds, 0.6);
    // The middle of the first of 2 x 2 map pixels.
    const q = 1 / (1 + Math.exp(2 - shift));
    expect(valueAt(field, 0.25, 0.25)).toBeCloseTo(keptInformation(q, scale), 3);
    expect(field.most).toBeCloseTo(keptInformation(0, scale), 6);
    expect(field.top).toBeCloseTo(field.most / 2, 6);
  });

  it('is log2(sigma / sigmaMin) of a negative one: four bits from 0.1 to 1.6', () => {
    const field = maskField(mapOf('negative', [0, 0, 0, 0]), 0.25, 1);
    expect(field.most).toBeCloseTo(4, 6);
    expect(valueAt(field, 0.5, 0.5)).toBeCloseTo(1, 6);
  });
});

describe('a method as a field', () => {
  it('goes from its least to its largest value', () => {
    expect([...methodField(grid(2, [2, 3, 4, 6])).grid.values]).toEqual([0, 0.25, 0.5, 1]);
  });

  it('is nothing everywhere if all values are the same', () => {
    expect([...methodField(grid(2, [5, 5])).grid.values]).toEqual([0, 0]);
  });
});

describe('a difference', () => {
  it('of one kind of mask is in bits', () => {
    const a = maskField(mapOf('negative', [0, 0, 0, 0]), 0.75, 1);
    const b = maskField(mapOf('negative', [0, 0, 0, 0]), 0.25, 1);
    const field = differenceField(a, b);
    expect([field.unit, field.diverging]).toEqual(['bits', true]);
    // q is the budget: 3 bits less 1 bit of 4.
    expect(valueAt(field, 0.5, 0.5)).toBeCloseTo(2, 5);
  });

  it('of other maps is between shares of their legends, at the finer resolution', () => {
    const half = maskField(mapOf('negative', [0, 0, 0, 0]), 0.5, 1);
    const field = differenceField(half, plain(4, new Array(16).fill(0.25)));
    expect([field.unit, field.grid.width, field.top]).toEqual(['of the scale', 4, 1]);
    expect(valueAt(field, 0.1, 0.9)).toBeCloseTo(0.25, 5);
  });
});

describe('the range of colours', () => {
  it('is one for all images, or from the least to the most of this one', () => {
    const field = { ...plain(2, [0.2, 0.3, 0.5, 0.4]), top: 0.75 };
    expect(rangeOf(field, false)).toEqual({ low: 0, high: 0.75 });
    expect(rangeOf(field, true).low).toBeCloseTo(0.2, 6);
    expect(rangeOf(field, true).high).toBeCloseTo(0.5, 6);
  });

  it('has its middle at nothing for differences', () => {
    const field = { ...plain(2, [-0.1, 0.4]), diverging: true };
    expect(rangeOf(field, false)).toEqual({ low: -1, high: 1 });
    expect(rangeOf(field, true).low).toBeCloseTo(-0.4, 6);
    expect(rangeOf(field, true).high).toBeCloseTo(0.4, 6);
  });

  it('is still one where a map is flat, or has a hole', () => {
    const flat = rangeOf(plain(2, [0.5, 0.5]), true);
    expect(flat.high).toBeGreaterThan(flat.low);
    expect(rangeOf(plain(2, [Number.NaN, 0.5, 1]), true)).toEqual({ low: 0.5, high: 1 });
    expect(rangeOf(plain(1, [Number.NaN]), true)).toEqual({ low: 0, high: 1 });
  });
});

describe('what is above a threshold', () => {
  // From 0 in the middle of the left column to 1 in that of the right one, straight between.
  const ramp = plain(2, [0, 1, 0, 1]);

  it('has its share of the image', () => {
    // The value passes 0.5 in the middle; 0.25 at 3/8 of the width; 0 and less everywhere.
    expect(shareAbove(ramp, 0.5)).toBeCloseTo(0.5, 2);
    expect(shareAbove(ramp, 0.25)).toBeCloseTo(5 / 8, 2);
    expect(shareAbove(ramp, 0)).toBe(1);
    expect(shareAbove(ramp, 1.01)).toBe(0);
  });

  it('has no part where there is no value', () => {
    expect(shareAbove(plain(2, [Number.NaN, Number.NaN]), 0)).toBe(0);
  });

  it('is outlined where it ends', () => {
    const numbers = (path: string) =>
      [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const inner = numbers(outlineOf(ramp, 0.5)).filter(([x, y]) => x! < 0.9 && y! > 0.1 && y! < 0.9);
    expect(inner.length).toBeGreaterThan(2);
    for (const [x] of inner) expect(x!).toBeCloseTo(0.5, 1);
    expect(outlineOf(ramp, 2)).toBe('');
  });

  it('is what the outline encloses', () => {
    const bump = plain(4, [0, 0, 0, 0, 0, 1, 0.8, 0, 0, 0.9, 0.4, 0, 0, 0, 0, 0]);
    const ring = outlineOf(bump, 0.5).split('M').slice(1);
    const area = ring
      .map((path) =>
        path
          .replace('Z', '')
          .split('L')
          .map((point) => point.split(' ').map(Number)),
      )
      .reduce((sum, points) => {
        const twice = points.reduce((total, [x, y], i) => {
          const [nextX, nextY] = points[(i + 1) % points.length]!;
          return total + x! * nextY! - nextX! * y!;
        }, 0);
        return sum + twice / 2;
      }, 0);
    expect(Math.abs(area)).toBeCloseTo(shareAbove(bump, 0.5), 1);
    expect(regionAbove(bump, 0.5).width).toBe(256);
  });
});
