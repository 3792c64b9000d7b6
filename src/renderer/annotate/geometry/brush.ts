/** @file A set of pixels as the program keeps it: run lengths within its bounds. */
import type { Brush } from '../../../contract/annotations';
import { boundsOf, type Row, rowAt, type Spans } from './spans';

/** @returns null of nothing, which no region may be */
export function toBrush(spans: Spans): Brush | null {
  const bounds = boundsOf(spans);
  if (!bounds) return null;
  const { left, top, right, bottom } = bounds;
  const width = right - left;
  const runs: number[] = [];
  /** Where the run that is being measured began, in pixels from the first of the bounds. */
  let from = 0;
  const end = (at: number) => {
    // A span that ends with its row and one that begins with the next are one run.
    if (at === from && runs.length > 0) from -= runs.pop()!;
    else {
      runs.push(at - from);
      from = at;
    }
  };
  for (let y = top; y < bottom; y++) for (const x of rowAt(spans, y)) end((y - top) * width + x - left);
  const all = width * (bottom - top);
  if (from < all) runs.push(all - from);
  return { kind: 'brush', x: left, y: top, width, height: bottom - top, runs };
}

const known = new WeakMap<Brush, Spans>();

export function fromBrush(brush: Brush): Spans {
  const found = known.get(brush) ?? decode(brush);
  known.set(brush, found);
  return found;
}

function decode({ x, y, width, height, runs }: Brush): Spans {
  const rows: number[][] = Array.from({ length: height }, () => []);
  let at = 0;
  runs.forEach((run, i) => {
    const end = at + run;
    // Every second run is of pixels that are set; one may go on over the ends of rows.
    for (let from = at; i % 2 === 1 && from < end; ) {
      const row = Math.floor(from / width);
      const to = Math.min(end, (row + 1) * width);
      rows[row]!.push(x + from - row * width, x + to - row * width);
      from = to;
    }
    at = end;
  });
  return { top: y, rows: rows as Row[] };
}
