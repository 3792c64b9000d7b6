/** @file Bit masks, and runs of them as brushes keep them. */
import type { Brush } from '../annotations';

/** One byte a pixel, 0 or 1, row by row: [height, width]. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Whole pixels; `x` and `y` are the first column and row. */
export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const emptyMask = (width: number, height: number): Mask => ({
  width,
  height,
  data: new Uint8Array(width * height),
});

/** Lengths of runs, the first of zeros (perhaps none). */
export function encodeRuns(data: Uint8Array): number[] {
  const runs: number[] = [];
  let value = 0;
  let start = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === value) continue;
    runs.push(i - start);
    start = i;
    value = data[i]!;
  }
  runs.push(data.length - start);
  return runs;
}

/** @param length of the whole; runs that go beyond it are cut, what they do not reach stays 0 */
export function decodeRuns(runs: number[], length: number): Uint8Array {
  const data = new Uint8Array(length);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (i % 2 === 1) data.fill(1, at, at + run);
    at += run;
  }
  return data;
}

/** The smallest bounds that hold all set pixels; null where there is none. */
export function setBounds({ width, height, data }: Mask): Bounds | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1));
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** A part of a mask; what lies outside of it is 0. */
export function crop(mask: Mask, bounds: Bounds): Mask {
  const part = emptyMask(bounds.width, bounds.height);
  const [from, to] = [Math.max(bounds.x, 0), Math.min(bounds.x + bounds.width, mask.width)];
  for (let row = 0; row < bounds.height; row++) {
    const y = bounds.y + row;
    if (y < 0 || y >= mask.height || from >= to) continue;
    const line = mask.data.subarray(y * mask.width + from, y * mask.width + to);
    part.data.set(line, row * bounds.width + from - bounds.x);
  }
  return part;
}

/**
 * The brush that sets the same pixels, in bounds as small as they can be; null where none is set.
 * @param x column of the image in which the mask begins
 * @param y row of the image in which the mask begins
 */
export function brushOf(mask: Mask, x = 0, y = 0): Brush | null {
  const bounds = setBounds(mask);
  if (!bounds) return null;
  const runs = encodeRuns(crop(mask, bounds).data);
  return { kind: 'brush', ...bounds, x: bounds.x + x, y: bounds.y + y, runs };
}
