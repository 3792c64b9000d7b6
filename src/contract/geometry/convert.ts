/** @file One kind of shape as another: what formats that know fewer kinds need. */
import type { Box, Brush, Geometry, Polygon, Ring } from '../annotations';
import { brushOf, decodeRuns } from './mask';
import { boundsOf } from './measure';
import { move } from './move';
import { outlineOf } from './outline';
import { rasterise } from './raster';

/** The pixels of a shape; null where it holds no centre of any. */
export function asBrush(shape: Geometry): Brush | null {
  if (shape.kind === 'brush') return shape;
  const bounds = boundsOf(shape);
  const [x, y] = [Math.floor(bounds.x), Math.floor(bounds.y)];
  const width = Math.ceil(bounds.x + bounds.width) - x;
  const height = Math.ceil(bounds.y + bounds.height) - y;
  return brushOf(rasterise([move(shape, -x, -y)], width, height), x, y);
}

/** The outline of a shape. A brush's is exact: it holds the centres of its pixels and no other. */
export function asPolygon(shape: Geometry): Polygon {
  if (shape.kind === 'polygon') return shape;
  if (shape.kind === 'box') return { kind: 'polygon', rings: [cornersOf(shape)] };
  const { x, y, width, height, runs } = shape;
  // A brush of the contract has at least one pixel.
  return outlineOf({ width, height, data: decodeRuns(runs, width * height) }, x, y)!;
}

/** Clockwise from the upper left. */
export const cornersOf = ({ x, y, width, height }: Omit<Box, 'kind'>): Ring => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

/** The box that a ring draws, if it draws one. */
export function asBox(ring: Ring): Box | null {
  const closed = ring.length === 5 && ring[0]![0] === ring[4]![0] && ring[0]![1] === ring[4]![1];
  if (ring.length !== 4 && !closed) return null;
  const { x, y, width, height } = boundsOf({ kind: 'polygon', rings: [ring] });
  if (width <= 0 || height <= 0) return null;
  const sides = ring.slice(0, 4).every(([px, py], i, corners) => {
    const [qx, qy] = corners[(i + 1) % 4]!;
    const isCorner = (px === x || px === x + width) && (py === y || py === y + height);
    return isCorner && (px === qx) !== (py === qy);
  });
  return sides ? { kind: 'box', x, y, width, height } : null;
}

/**
 * All rings as one, for formats that know no holes and no parts: from the first ring's start to each other ring, around
 * it and back. The ways there and back enclose nothing, so that by the even-odd rule the shape stays the same.
 */
export function asRing(shape: Geometry): Ring {
  const [first, ...others] = asPolygon(shape).rings as [Ring, ...Ring[]];
  if (others.length === 0) return first;
  const [start] = first as [Ring[number]];
  return [...first, start, ...others.flatMap((ring) => [...ring, ring[0]!, start])];
}

/**
 * Rings by what encloses what: each outer ring with its holes. Rings that cross one another are told apart by their
 * first corners.
 */
export function nested(rings: Ring[]): Ring[][] {
  const depths = rings.map((ring) => rings.filter((other) => other !== ring && holds(other, ring[0]!)));
  const outer = rings.filter((_, i) => depths[i]!.length % 2 === 0);
  const groups = new Map(outer.map((ring) => [ring, [ring]]));
  for (const [i, ring] of rings.entries()) {
    const around = depths[i]!;
    if (around.length % 2 === 0) continue;
    const parent = around.find((one) => depths[rings.indexOf(one)]!.length === around.length - 1);
    (groups.get(parent ?? outer[0]!) ?? [...groups.values()][0])?.push(ring);
  }
  return [...groups.values()];
}

function holds(ring: Ring, [px, py]: Ring[number]): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of ring.entries()) {
    const [x0, y0] = ring.at(i - 1)!;
    if (y0 <= py === y1 <= py) continue;
    if (x0 + ((py - y0) * (x1 - x0)) / (y1 - y0) > px) inside = !inside;
  }
  return inside;
}
