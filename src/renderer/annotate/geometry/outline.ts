/** @file The edge of a set of pixels as closed lines along the sides of its pixels, for drawing and as polygons. */
import { combineRows, differing, rowAt, type Spans } from './spans';

/** A closed line as x, y, x, y, ... in pixels; the inside lies on its right. */
export type Loop = number[];

/** The way on from a corner: at most two, where two pixels touch by that corner alone. */
type Ways = Map<number, number[]>;

/** Wider than any image: a corner's x and y in one number. */
const STRIDE = 2 ** 20;
const key = (x: number, y: number) => (y + 1) * STRIDE + x + 1;

/** Loops round the pixels and round their holes; pixels that touch by a corner alone are apart. */
export function outline(spans: Spans): Loop[] {
  const ways: Ways = new Map();
  const add = (fromX: number, fromY: number, toX: number, toY: number) => {
    const from = key(fromX, fromY);
    const known = ways.get(from);
    if (known) known.push(key(toX, toY));
    else ways.set(from, [key(toX, toY)]);
  };
  const { top, rows } = spans;
  for (let y = top; y <= top + rows.length; y++) {
    const [above, row] = [rowAt(spans, y - 1), rowAt(spans, y)];
    for (let i = 0; i < row.length; i += 2) {
      add(row[i]!, y + 1, row[i]!, y);
      add(row[i + 1]!, y, row[i + 1]!, y + 1);
    }
    sides(above, row, (x0, x1, below) => (below ? add(x0, y, x1, y) : add(x1, y, x0, y)));
  }
  const loops: Loop[] = [];
  for (const start of ways.keys()) {
    while (ways.has(start)) loops.push(follow(ways, start));
  }
  return loops;
}

/** The sides between two rows: where only one of them is inside, cut where the other's ends are. */
function sides(
  above: readonly number[],
  row: readonly number[],
  side: (x0: number, x1: number, below: boolean) => void,
) {
  const edges = combineRows(above, row, differing);
  const inRow = (x: number) => row.findLastIndex((end) => end <= x) % 2 === 0;
  for (let i = 0; i < edges.length; i += 2) {
    const [from, to] = [edges[i]!, edges[i + 1]!];
    // One stretch may change sides where a span above ends as one below begins.
    const cuts = [from, ...[...above, ...row].filter((x) => x > from && x < to).sort((a, b) => a - b), to];
    for (let c = 0; c + 1 < cuts.length; c++)
      if (cuts[c]! < cuts[c + 1]!) side(cuts[c]!, cuts[c + 1]!, inRow(cuts[c]!));
  }
}

function follow(ways: Ways, start: number): Loop {
  const loop: Loop = [];
  let at = start;
  let came = 0;
  let first = 0;
  do {
    const on = take(ways, at, came);
    // Corners only: what goes straight on is left out.
    if (!isStraight(came, on - at)) loop.push((at % STRIDE) - 1, Math.floor(at / STRIDE) - 1);
    came = on - at;
    first ||= came;
    at = on;
  } while (at !== start);
  return isStraight(came, first) ? loop.slice(2) : loop;
}

const isStraight = (a: number, b: number) => Math.sign(a) === Math.sign(b) && isVertical(a) === isVertical(b);
const isVertical = (direction: number) => direction % STRIDE === 0;

/** Where two ways lead on, the one that turns right stays with the same pixel. */
function take(ways: Ways, at: number, came: number): number {
  const known = ways.get(at)!;
  const turnsRight = (to: number) =>
    isVertical(came) ? Math.sign(to - at) === -Math.sign(came) : Math.sign(to - at) === Math.sign(came);
  const which = known.length > 1 && came !== 0 ? Math.max(known.findIndex(turnsRight), 0) : 0;
  const [to] = known.splice(which, 1);
  if (known.length === 0) ways.delete(at);
  return to!;
}
