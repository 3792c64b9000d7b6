/** @file What a round brush paints: the pixels whose centres it goes over. */
import { clip, type Row, type Size, type Spans, union } from './spans';

export interface Point {
  x: number;
  y: number;
}

/** Pixels of a row whose centres lie between two x. */
const between = (low: number, high: number): Row => {
  const [first, end] = [Math.ceil(low - 0.5), Math.floor(high - 0.5) + 1];
  return end > first ? [first, end] : [];
};

/** The pixel under a point: the least that a brush paints. */
const dot = ({ x, y }: Point): Spans => ({ top: Math.floor(y), rows: [[Math.floor(x), Math.floor(x) + 1]] });

/** A round brush drawn from one point to another: every point at most a radius away from the line between. */
export function stroke(from: Point, to: Point, radius: number, size: Size): Spans {
  const top = Math.floor(Math.min(from.y, to.y) - radius);
  const bottom = Math.ceil(Math.max(from.y, to.y) + radius);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  // The two long sides of the figure: its edges beside the line.
  const [nx, ny] = length > 0 ? [(-dy / length) * radius, (dx / length) * radius] : [0, 0];
  const corners = [
    { x: from.x + nx, y: from.y + ny },
    { x: to.x + nx, y: to.y + ny },
    { x: to.x - nx, y: to.y - ny },
    { x: from.x - nx, y: from.y - ny },
  ];
  const rows = Array.from({ length: bottom - top }, (_, i) => {
    const y = top + i + 0.5;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const take = (x: number) => {
      low = Math.min(low, x);
      high = Math.max(high, x);
    };
    for (const end of [from, to]) {
      const reach = radius * radius - (y - end.y) ** 2;
      if (reach < 0) continue;
      take(end.x - Math.sqrt(reach));
      take(end.x + Math.sqrt(reach));
    }
    // The figure is convex: its row is one span, from the outermost crossing to the other.
    for (const x of crossings(corners, y)) take(x);
    return between(low, high);
  });
  return clip(union({ top, rows }, dot(to)), size);
}

/** Every segment of a line that was drawn with a brush. */
export function strokes(points: readonly Point[], radius: number, size: Size): Spans {
  const [first] = points;
  if (!first) return { top: 0, rows: [] };
  let all = stroke(first, first, radius, size);
  for (let i = 1; i < points.length; i++) all = union(all, stroke(points[i - 1]!, points[i]!, radius, size));
  return all;
}

/** Where a horizontal line goes through the sides of a polygon. */
function crossings(points: readonly Point[], y: number): number[] {
  const at: number[] = [];
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [a, b] = [points[j]!, points[i]!];
    if (a.y <= y === b.y <= y) continue;
    at.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return at;
}
