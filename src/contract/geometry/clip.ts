/** @file Shapes cut to their image. */
import type { Box, Brush, Geometry, Ring } from '../annotations';
import { brushOf, crop, decodeRuns } from './mask';

/** The part of a shape inside [0, width] x [0, height]; null where nothing of it is. */
export function clip(shape: Geometry, width: number, height: number): Geometry | null {
  if (shape.kind === 'box') return clipBox(shape, width, height);
  if (shape.kind === 'brush') return clipBrush(shape, width, height);
  const rings = shape.rings.map((ring) => clipRing(ring, width, height)).filter((ring) => ring.length > 2);
  return enclose(rings) ? { kind: 'polygon', rings } : null;
}

function clipBox({ x, y, width: across, height: down }: Box, width: number, height: number): Box | null {
  const [left, right] = [Math.max(x, 0), Math.min(x + across, width)];
  const [top, bottom] = [Math.max(y, 0), Math.min(y + down, height)];
  if (left >= right || top >= bottom) return null;
  if (left === x && top === y && right === x + across && bottom === y + down)
    return { kind: 'box', x, y, width: across, height: down };
  return { kind: 'box', x: left, y: top, width: right - left, height: bottom - top };
}

function clipBrush(brush: Brush, width: number, height: number): Brush | null {
  const [left, top] = [Math.max(brush.x, 0), Math.max(brush.y, 0)];
  const inside = {
    x: left - brush.x,
    y: top - brush.y,
    width: Math.min(brush.x + brush.width, width) - left,
    height: Math.min(brush.y + brush.height, height) - top,
  };
  if (inside.width <= 0 || inside.height <= 0) return null;
  const data = decodeRuns(brush.runs, brush.width * brush.height);
  return brushOf(crop({ width: brush.width, height: brush.height, data }, inside), left, top);
}

/**
 * Sutherland and Hodgman's clipping at one edge after the other. Where it leaves edges that run along the border to and
 * fro they enclose nothing, and the even-odd rule counts them out.
 */
function clipRing(ring: Ring, width: number, height: number): Ring {
  if (ring.every(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height)) return ring;
  const sides: [axis: 0 | 1, at: number, sign: 1 | -1][] = [
    [0, 0, 1],
    [0, width, -1],
    [1, 0, 1],
    [1, height, -1],
  ];
  return sides.reduce((points, [axis, at, sign]) => clipSide(points, axis, at, sign), ring);
}

function clipSide(ring: Ring, axis: 0 | 1, at: number, sign: 1 | -1): Ring {
  const isInside = (point: [number, number]): boolean => sign * (point[axis] - at) >= 0;
  return ring.flatMap((point, i) => {
    const before = ring.at(i - 1)!;
    const kept: Ring = isInside(point) ? [point] : [];
    if (isInside(before) === isInside(point)) return kept;
    const part = (at - before[axis]) / (point[axis] - before[axis]);
    const other = before[1 - axis]! + part * (point[1 - axis]! - before[1 - axis]!);
    return [axis === 0 ? [at, other] : [other, at], ...kept] as Ring;
  });
}

/**
 * Whether rings enclose anything by the even-odd rule. Gauss's area would not tell: the lobes of an eight cancel in it.
 * Between the heights of corners edges are straight, so two lines there meet all that lies between them.
 */
function enclose(rings: Ring[]): boolean {
  const heights = [...new Set(rings.flatMap((ring) => ring.map(([, y]) => y)))].sort((a, b) => a - b);
  return heights.slice(1).some((below, i) => {
    const above = heights[i]!;
    return [0.25, 0.6].some((part) => widthAt(rings, above + part * (below - above)) > 1e-9);
  });
}

/** How much of a horizontal line that meets no corner is inside. */
function widthAt(rings: Ring[], y: number): number {
  const crossings = rings.flatMap((ring) =>
    ring.flatMap(([x1, y1], i) => {
      const [x0, y0] = ring.at(i - 1)!;
      return y0 <= y === y1 <= y ? [] : [x0 + ((y - y0) * (x1 - x0)) / (y1 - y0)];
    }),
  );
  return crossings.sort((a, b) => a - b).reduce((sum, x, i) => sum + (i % 2 === 1 ? x : -x), 0);
}
