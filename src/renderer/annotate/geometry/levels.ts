/** @file Pixels whose value lies in a range: of a map, exactly as it is drawn over the image, or of the image's colours. */
import type { Grid } from '../../../contract/noiseMap';
import type { Rows } from './flood';
import type { Row, Size, Spans } from './spans';

/**
 * A map that is enlarged to an image is piecewise linear along a row (bilinear, half-pixel centres, clamped edges, as
 * `resample` does it), so the ends of its spans follow from two map rows without computing a single pixel.
 */
export function mapRows(grid: Grid, { width, height }: Size, low: number, high: number): Rows {
  return remembered((y) => {
    const position = Math.min(Math.max(((y + 0.5) * grid.height) / height - 0.5, 0), grid.height - 1);
    const above = Math.floor(position);
    const below = Math.min(above + 1, grid.height - 1);
    const part = position - above;
    const value = (column: number) =>
      grid.values[above * grid.width + column]! * (1 - part) +
      grid.values[below * grid.width + column]! * part;
    /** The pixel column whose centre lies on a column of the map, as a real number. */
    const pixel = (column: number) => ((column + 0.5) * width) / grid.width - 0.5;
    const row: number[] = [];
    let [x0, v0] = [Number.NEGATIVE_INFINITY, value(0)];
    for (let column = 0; column <= grid.width; column++) {
      const last = column === grid.width;
      const [x1, v1] = last ? [Number.POSITIVE_INFINITY, v0] : [pixel(column), value(column)];
      const [from, to] = stretch(x0, v0, x1, v1, low, high);
      const first = Math.max(Math.ceil(from), 0);
      const end = Math.min(Math.floor(to) + 1, width);
      if (end > first) extend(row, first, end);
      [x0, v0] = [x1, v1];
    }
    return row;
  });
}

/** The part of [x0, x1] in which a line from v0 to v1 lies within [low, high]. */
function stretch(
  x0: number,
  v0: number,
  x1: number,
  v1: number,
  low: number,
  high: number,
): [number, number] {
  if (v0 === v1 || !Number.isFinite(x0) || !Number.isFinite(x1))
    return v1 >= low && v1 <= high ? [x0, x1] : [1, 0];
  const at = (level: number) => x0 + ((level - v0) / (v1 - v0)) * (x1 - x0);
  const [first, second] = v1 > v0 ? [at(low), at(high)] : [at(high), at(low)];
  return [Math.max(x0, first), Math.min(x1, second)];
}

/** Adds a span that begins at or after the last one's start. */
function extend(row: number[], first: number, end: number): void {
  const last = row.at(-1);
  if (last !== undefined && last >= first) row[row.length - 1] = Math.max(last, end);
  else row.push(first, end);
}

/** All rows at once. */
export const allOf = (rows: Rows, height: number): Spans => {
  const all = Array.from({ length: height }, (_, y) => rows(y));
  const first = all.findIndex((row) => row.length > 0);
  if (first < 0) return { top: 0, rows: [] };
  return { top: first, rows: all.slice(first, all.findLastIndex((row) => row.length > 0) + 1) };
};

/** Pixels whose red, green and blue are each within a tolerance of those of the pixel (x, y). */
export function colourRows({ width, data }: ImageData, x: number, y: number, tolerance: number): Rows {
  const seed = 4 * (y * width + x);
  const [r, g, b] = [data[seed]!, data[seed + 1]!, data[seed + 2]!];
  return remembered((row) => {
    const out: number[] = [];
    let inside = false;
    for (let column = 0, at = 4 * row * width; column < width; column++, at += 4) {
      const near =
        Math.abs(data[at]! - r) <= tolerance &&
        Math.abs(data[at + 1]! - g) <= tolerance &&
        Math.abs(data[at + 2]! - b) <= tolerance;
      if (near !== inside) out.push(column);
      inside = near;
    }
    if (inside) out.push(width);
    return out;
  });
}

function remembered(row: Rows): Rows {
  const known = new Map<number, Row>();
  return (y) => {
    const found = known.get(y) ?? row(y);
    known.set(y, found);
    return found;
  };
}
