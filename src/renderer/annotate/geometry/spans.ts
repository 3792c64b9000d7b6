/**
 * @file Sets of pixels as rows of spans: what a brush paints, a wand grows and a threshold leaves. A stroke over a large
 * image touches only its own rows, and rows that stay the same are shared between the set before and the one after.
 */

/** Where a row goes in and out: pixels from `row[0]` up to but without `row[1]`, from `row[2]` up to `row[3]`, ... */
export type Row = readonly number[];

export interface Spans {
  /** Number of the row that `rows[0]` is. */
  readonly top: number;
  readonly rows: readonly Row[];
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Size {
  width: number;
  height: number;
}

type Keep = (inA: boolean, inB: boolean) => boolean;

export const NOTHING: Spans = { top: 0, rows: [] };
export const EMPTY_ROW: Row = [];

export const either: Keep = (a, b) => a || b;
export const onlyFirst: Keep = (a, b) => a && !b;
export const differing: Keep = (a, b) => a !== b;

/** Sweeps over the ends of both rows. */
export function combineRows(a: Row, b: Row, keep: Keep): Row {
  const out: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const x = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    while (a[i] === x) i++;
    while (b[j] === x) j++;
    if (keep(i % 2 === 1, j % 2 === 1) !== (out.length % 2 === 1)) out.push(x);
  }
  return out;
}

export const rowAt = ({ top, rows }: Spans, y: number): Row => rows[y - top] ?? EMPTY_ROW;

function combine(a: Spans, b: Spans, keep: Keep): Spans {
  if (a.rows.length === 0 || b.rows.length === 0) {
    const [withA, withB] = [keep(true, false), keep(false, true)];
    return trimmed(a.rows.length === 0 ? (withB ? b : NOTHING) : withA ? a : NOTHING);
  }
  const top = Math.min(a.top, b.top);
  const bottom = Math.max(a.top + a.rows.length, b.top + b.rows.length);
  const rows = Array.from({ length: bottom - top }, (_, i) => {
    const [rowA, rowB] = [rowAt(a, top + i), rowAt(b, top + i)];
    return rowB.length === 0 && keep(true, false) ? rowA : combineRows(rowA, rowB, keep);
  });
  return trimmed({ top, rows });
}

export const union = (a: Spans, b: Spans): Spans => combine(a, b, either);
export const subtract = (a: Spans, b: Spans): Spans => combine(a, b, onlyFirst);

/** Without empty rows at either end. */
function trimmed({ top, rows }: Spans): Spans {
  const first = rows.findIndex((row) => row.length > 0);
  if (first < 0) return NOTHING;
  const last = rows.findLastIndex((row) => row.length > 0);
  return first === 0 && last === rows.length - 1
    ? { top, rows }
    : { top: top + first, rows: rows.slice(first, last + 1) };
}

/** What lies inside the image. */
export function clip(spans: Spans, { width, height }: Size): Spans {
  const from = Math.max(spans.top, 0);
  const inside = (row: Row) =>
    row.length === 0 || (row[0]! >= 0 && row.at(-1)! <= width)
      ? row
      : combineRows(row, [0, width], (a, b) => a && b);
  const to = Math.min(spans.top + spans.rows.length, height);
  const rows = spans.rows.slice(from - spans.top, Math.max(to - spans.top, 0));
  return trimmed({ top: from, rows: rows.map(inside) });
}

export const shift = ({ top, rows }: Spans, dx: number, dy: number): Spans => ({
  top: top + dy,
  rows: rows.map((row) => row.map((x) => x + dx)),
});

export const isEmpty = ({ rows }: Spans): boolean => rows.length === 0;

/** Number of pixels. */
export function areaOf({ rows }: Spans): number {
  let area = 0;
  for (const row of rows) for (let i = 0; i < row.length; i += 2) area += row[i + 1]! - row[i]!;
  return area;
}

/** @returns null of nothing */
export function boundsOf({ top, rows }: Spans): Bounds | null {
  if (rows.length === 0) return null;
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    if (row.length === 0) continue;
    left = Math.min(left, row[0]!);
    right = Math.max(right, row.at(-1)!);
  }
  return { left, top, right, bottom: top + rows.length };
}

/** @param x a point of the image, as y: pixel (i, j) reaches from i to i + 1 and from j to j + 1 */
export function contains(spans: Spans, x: number, y: number): boolean {
  const row = rowAt(spans, Math.floor(y));
  let i = 0;
  while (i < row.length && row[i]! <= Math.floor(x)) i++;
  return i % 2 === 1;
}

/** From a grid of `from` pixels to one of `to`: every pixel goes where its corners go, to the nearest whole pixel. */
export function scaled(spans: Spans, from: Size, to: Size): Spans {
  if (from.width === to.width && from.height === to.height) return spans;
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  const top = Math.round(spans.top * sy);
  const bottom = Math.round((spans.top + spans.rows.length) * sy);
  const rows = Array.from({ length: bottom - top }, (_, i) => {
    const source = rowAt(spans, Math.floor((top + i + 0.5) / sy));
    // Rounding may close a span or a gap; the sweep takes such pairs out.
    return combineRows(
      source.map((x) => Math.round(x * sx)),
      EMPTY_ROW,
      either,
    );
  });
  return trimmed({ top, rows });
}
