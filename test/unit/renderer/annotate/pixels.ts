/** @file Small sets of pixels as plain bits, to compare spans with. */
import fc from 'fast-check';
import { contains, type Spans } from '../../../../src/renderer/annotate/geometry/spans';

export const WIDTH = 9;
export const HEIGHT = 7;
export const SIZE = { width: WIDTH, height: HEIGHT };

export const pixelsArbitrary = fc.array(fc.boolean(), {
  minLength: WIDTH * HEIGHT,
  maxLength: WIDTH * HEIGHT,
});

export const bitmapOf = (pixels: [number, number][]): boolean[] =>
  Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    pixels.some(([x, y]) => x === i % WIDTH && y === Math.floor(i / WIDTH)),
  );

export const bitmap = (spans: Spans): boolean[] =>
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => contains(spans, i % WIDTH, Math.floor(i / WIDTH)));

/** Written the slow way: one span for every run of a row. */
export function spansOf(bits: boolean[]): Spans {
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const row: number[] = [];
    for (let x = 0; x <= WIDTH; x++) {
      const inside = x < WIDTH && bits[y * WIDTH + x]!;
      if (inside !== (row.length % 2 === 1)) row.push(x);
    }
    return row;
  });
  const first = rows.findIndex((row) => row.length > 0);
  if (first < 0) return { top: 0, rows: [] };
  return { top: first, rows: rows.slice(first, rows.findLastIndex((row) => row.length > 0) + 1) };
}
