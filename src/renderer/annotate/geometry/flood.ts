/** @file Pixels that hang together by their sides: from one pixel (the wand), or piece by piece (proposals). */
import { EMPTY_ROW, NOTHING, type Row, rowAt, type Spans } from './spans';

/** Rows asked for as they are reached, so that nobody computes what is never looked at. */
export type Rows = (y: number) => Row;

class Flood {
  readonly #visited = new Map<number, Set<number>>();

  constructor(
    private readonly rows: Rows,
    private readonly height: number,
  ) {}

  isNew(y: number, span: number): boolean {
    return !this.#visited.get(y)?.has(span);
  }

  #visit(y: number, span: number): boolean {
    const known = this.#visited.get(y);
    if (known?.has(span)) return false;
    if (known) known.add(span);
    else this.#visited.set(y, new Set([span]));
    return true;
  }

  /** Everything that hangs together with a span; `span` is the position of its start in its row. */
  from(y: number, span: number): Spans {
    const found = new Map<number, number[]>();
    const stack = [[y, span] as const];
    this.#visit(y, span);
    for (let next = stack.pop(); next; next = stack.pop()) {
      const [row, at] = next;
      const [start, end] = [this.rows(row)[at]!, this.rows(row)[at + 1]!];
      const known = found.get(row);
      if (known) known.push(at);
      else found.set(row, [at]);
      for (const beside of [row - 1, row + 1]) {
        if (beside < 0 || beside >= this.height) continue;
        const other = this.rows(beside);
        for (let i = firstAfter(other, start); i < other.length && other[i]! < end; i += 2)
          if (this.#visit(beside, i)) stack.push([beside, i]);
      }
    }
    return this.#collect(found);
  }

  #collect(found: Map<number, number[]>): Spans {
    const top = Math.min(...found.keys());
    const bottom = Math.max(...found.keys());
    const rows = Array.from({ length: bottom - top + 1 }, (_, i) => {
      const row = this.rows(top + i);
      const spans = found.get(top + i)?.sort((a, b) => a - b) ?? [];
      return spans.length === 0 ? EMPTY_ROW : spans.flatMap((at) => [row[at]!, row[at + 1]!]);
    });
    return { top, rows };
  }
}

/** Position of the first span that ends beyond x. */
function firstAfter(row: Row, x: number): number {
  let [low, high] = [0, row.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row[2 * middle + 1]! > x) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

/** What hangs together with the pixel (x, y); nothing if it is not inside itself. */
export function pieceAt(rows: Rows, height: number, x: number, y: number): Spans {
  if (y < 0 || y >= height) return NOTHING;
  const row = rows(y);
  const at = firstAfter(row, x);
  return at < row.length && row[at]! <= x ? new Flood(rows, height).from(y, at) : NOTHING;
}

/** The pieces of a set, from the topmost down. */
export function pieces(spans: Spans): Spans[] {
  const flood = new Flood((y) => rowAt(spans, y), spans.top + spans.rows.length);
  const found: Spans[] = [];
  spans.rows.forEach((row, i) => {
    for (let at = 0; at < row.length; at += 2)
      if (flood.isNew(spans.top + i, at)) found.push(flood.from(spans.top + i, at));
  });
  return found;
}
