/** @file Boxes and masks on the square of size x size pixels. */
import type { Random } from '../noise/random';
import type { Box } from './types';

/** Sliding windows of the class-position test, as shares of the side (docs/report.md): 12 pixels at stride 4 of 64. */
const WINDOW = 12 / 64;
const STRIDE = 4 / 64;

export function slidingWindows(size: number): Box[] {
  const side = Math.max(2, Math.round(size * WINDOW));
  const stride = Math.max(1, Math.round(size * STRIDE));
  const starts: number[] = [];
  for (let at = 0; at < size - side; at += stride) starts.push(at);
  // Corners are where marks sit: the last window ends with the picture.
  starts.push(size - side);
  return starts.flatMap((y) => starts.map((x) => ({ x, y, width: side, height: side })));
}

export function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const both = intersection(a, b);
  return both / (a.width * a.height + b.width * b.height - both);
}

/** The box with `by` more pixels on every side, inside the picture. */
export function grown(box: Box, by: number, size: number): Box {
  const x = Math.max(0, box.x - by);
  const y = Math.max(0, box.y - by);
  return {
    ...{ x, y },
    width: Math.min(size, box.x + box.width + by) - x,
    height: Math.min(size, box.y + box.height + by) - y,
  };
}

/** The smallest box around the ones of a mask; null where there are none. */
export function boxAround(mask: Uint8Array, size: number): Box | null {
  let [left, top, right, bottom] = [size, size, -1, -1];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (mask[y * size + x]) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), y];
      }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** 1 inside the boxes, [size, size]. */
export function maskOfBoxes(boxes: Box[], size: number): Uint8Array {
  const mask = new Uint8Array(size * size);
  for (const { x, y, width, height } of boxes)
    for (let row = y; row < y + height; row++) mask.fill(1, row * size + x, row * size + x + width);
  return mask;
}

/** The mask with every pixel within `by` rows and columns of a one. */
export function dilated(mask: Uint8Array, size: number, by: number): Uint8Array {
  const pass = (from: Uint8Array, step: number, line: number) => {
    const to = new Uint8Array(from.length);
    for (let j = 0; j < size; j++)
      for (let i = 0; i < size; i++) {
        if (!from[j * line + i * step]) continue;
        for (let k = Math.max(0, i - by); k <= Math.min(size - 1, i + by); k++) to[j * line + k * step] = 1;
      }
    return to;
  };
  return pass(pass(mask, 1, size), size, 1);
}

export const areaOf = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);

/** A box of the same size elsewhere: without overlap where the picture has room for that. */
export function elsewhere(box: Box, size: number, random: Random): Box {
  let best = box;
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 20 && least > 0; attempt++) {
    const moved = {
      ...box,
      x: random.below(size - box.width + 1),
      y: random.below(size - box.height + 1),
    };
    const shared = intersection(box, moved);
    if (shared < least) [best, least] = [moved, shared];
  }
  return best;
}

/** Sums over boxes in constant time. @param values [size, size] */
export function boxSums(values: ArrayLike<number>, size: number): (box: Box) => number {
  const side = size + 1;
  const sums = new Float64Array(side * side);
  for (let y = 0; y < size; y++) {
    let row = 0;
    for (let x = 0; x < size; x++) {
      row += values[y * size + x]!;
      sums[(y + 1) * side + x + 1] = sums[y * side + x + 1]! + row;
    }
  }
  return ({ x, y, width, height }) =>
    sums[(y + height) * side + x + width]! -
    sums[y * side + x + width]! -
    sums[(y + height) * side + x]! +
    sums[y * side + x]!;
}
