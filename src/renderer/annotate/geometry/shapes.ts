/** @file What tools do to a shape: is it under the pointer, where are its handles, and what it is once they were moved. */
import type { Box, Geometry, Polygon, Ring } from '../../../contract/annotations';
import { brushOf } from '../../../contract/geometry/mask';
import { boundsOf } from '../../../contract/geometry/measure';
import { move } from '../../../contract/geometry/move';
import { rasterise } from '../../../contract/geometry/raster';
import { fromBrush } from './brush';
import { areaOf as areaOfSpans, contains, NOTHING, type Size, type Spans } from './spans';
import type { Point } from './strokes';

/** A point of a shape that can be dragged, or where a new one would be (`between`). */
export interface Handle extends Point {
  /** Of a polygon: the corner, or for `between` the corner after which a new one comes. */
  ring: number;
  corner: number;
  between: boolean;
  cursor: string;
}

/** Inside, or no farther from the edge than the slack. */
export function isUnder(shape: Geometry, at: Point, slack: number): boolean {
  const { x, y, width, height } = boundsOf(shape);
  if (at.x < x - slack || at.y < y - slack || at.x > x + width + slack || at.y > y + height + slack)
    return false;
  if (shape.kind === 'box') return true;
  if (shape.kind === 'brush')
    return contains(fromBrush(shape), at.x, at.y) || isNear(fromBrush(shape), at, slack);
  const inside = shape.rings.filter((ring) => isInside(ring, at)).length % 2 === 1;
  return (
    inside || shape.rings.some((ring) => ring.some((b, i) => toSegment(at, ring.at(i - 1)!, b) <= slack))
  );
}

/** Even-odd: how often a ray to the right crosses the ring. */
function isInside(ring: Ring, { x, y }: Point): boolean {
  let inside = false;
  ring.forEach(([bx, by], i) => {
    const [ax, ay] = ring.at(i - 1)!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  });
  return inside;
}

/** Whether a set pixel lies within the slack, looked for on the axes: enough to catch a thin line. */
function isNear(spans: Spans, { x, y }: Point, slack: number): boolean {
  const reach = [-slack, -slack / 2, slack / 2, slack];
  return reach.some((by) => contains(spans, x + by, y) || contains(spans, x, y + by));
}

/** Distance from a segment. */
function toSegment({ x, y }: Point, [ax, ay]: [number, number], [bx, by]: [number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const part = length > 0 ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return Math.hypot(x - ax - part * dx, y - ay - part * dy);
}

/** Moved by whole pixels, and no farther than to the edge of the image. */
export function moved(shape: Geometry, dx: number, dy: number, size: Size): Geometry {
  const { x, y, width, height } = boundsOf(shape);
  const within = (by: number, from: number, extent: number, room: number) =>
    Math.min(Math.max(by, Math.min(-from, 0)), Math.max(room - from - extent, 0));
  const byX = Math.round(within(dx, x, width, size.width));
  const byY = Math.round(within(dy, y, height, size.height));
  if (shape.kind !== 'polygon') return { ...shape, x: shape.x + byX, y: shape.y + byY };
  return { ...shape, rings: shape.rings.map((ring) => ring.map(([px, py]) => [px + byX, py + byY])) };
}

const CURSORS = ['nwse-resize', 'ns-resize', 'nesw-resize', 'ew-resize'];
/** Corners and middles of a box's sides, clockwise from the upper left, in halves of its width and height. */
const BOX_HANDLES = [
  [0, 0],
  [1, 0],
  [2, 0],
  [2, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** Brushes have none: they are painted, not pulled. */
export function handlesOf(shape: Geometry): Handle[] {
  if (shape.kind === 'brush') return [];
  if (shape.kind === 'box')
    return BOX_HANDLES.map(([i, j], corner) => ({
      x: shape.x + (i * shape.width) / 2,
      y: shape.y + (j * shape.height) / 2,
      ring: 0,
      corner,
      between: false,
      cursor: CURSORS[corner % 4]!,
    }));
  return shape.rings.flatMap((ring, r) =>
    ring.flatMap(([x, y], corner): Handle[] => {
      const [nx, ny] = ring[(corner + 1) % ring.length]!;
      const place = { ring: r, corner };
      return [
        { x, y, ...place, between: false, cursor: 'move' },
        { x: (x + nx) / 2, y: (y + ny) / 2, ...place, between: true, cursor: 'copy' },
      ];
    }),
  );
}

/** The nearest handle within the slack; a corner before a place for a new one. */
export function handleAt(shape: Geometry, at: Point, slack: number): Handle | null {
  const near = handlesOf(shape)
    .map((handle) => ({
      handle,
      away: Math.hypot(handle.x - at.x, handle.y - at.y) + (handle.between ? slack / 2 : 0),
    }))
    .filter(({ away }) => away <= slack)
    .sort((a, b) => a.away - b.away);
  return near[0]?.handle ?? null;
}

/** The shape with one of its handles pulled to a point; a place for a new corner becomes one. */
export function pulled(shape: Geometry, handle: Handle, to: Point, size: Size): Geometry {
  const x = Math.min(Math.max(to.x, 0), size.width);
  const y = Math.min(Math.max(to.y, 0), size.height);
  if (shape.kind === 'box') return pulledBox(shape, handle.corner, x, y);
  if (shape.kind === 'brush') return shape;
  return withRing(shape, handle.ring, (ring) =>
    handle.between ? ring.toSpliced(handle.corner + 1, 0, [x, y]) : ring.with(handle.corner, [x, y]),
  );
}

function pulledBox(box: Box, handle: number, x: number, y: number): Box {
  const [i, j] = BOX_HANDLES[handle]!;
  const left = i === 0 ? x : box.x;
  const right = i === 2 ? x : box.x + box.width;
  const top = j === 0 ? y : box.y;
  const bottom = j === 2 ? y : box.y + box.height;
  return boxBetween({ x: left, y: top }, { x: right, y: bottom }) ?? box;
}

/** @returns null for a box without area */
export function boxBetween(a: Point, b: Point): Box | null {
  const [width, height] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
  return width > 0 && height > 0
    ? { kind: 'box', x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width, height }
    : null;
}

/** Without a corner; a ring keeps three at least. */
export function withoutCorner(shape: Geometry, { ring, corner, between }: Handle): Geometry | null {
  if (shape.kind !== 'polygon' || between || shape.rings[ring]!.length <= 3) return null;
  return withRing(shape, ring, (points) => points.toSpliced(corner, 1));
}

const withRing = (polygon: Polygon, at: number, change: (ring: Ring) => Ring): Polygon => ({
  ...polygon,
  rings: polygon.rings.map((ring, i) => (i === at ? change(ring) : ring)),
});

/** The pixels whose centres lie in a shape, whatever its kind. */
export function pixelsOf(shape: Geometry, { width, height }: Size): Spans {
  if (shape.kind === 'brush') return fromBrush(shape);
  const bounds = boundsOf(shape);
  const [left, top] = [Math.max(Math.floor(bounds.x), 0), Math.max(Math.floor(bounds.y), 0)];
  const across = Math.min(Math.ceil(bounds.x + bounds.width), width) - left;
  const down = Math.min(Math.ceil(bounds.y + bounds.height), height) - top;
  if (across <= 0 || down <= 0) return NOTHING;
  // A small shape on a large image costs what it covers.
  const brush = brushOf(rasterise([move(shape, -left, -top)], across, down), left, top);
  return brush ? fromBrush(brush) : NOTHING;
}

/** In pixels of the image; a ring within another is a hole, whichever way it goes round. */
export function areaOf(shape: Geometry): number {
  if (shape.kind === 'box') return shape.width * shape.height;
  if (shape.kind === 'brush') return areaOfSpans(fromBrush(shape));
  return shape.rings.reduce((sum, ring) => {
    const [x, y] = ring[0]!;
    const depth = shape.rings.filter((other) => other !== ring && isInside(other, { x, y })).length;
    return sum + (depth % 2 === 0 ? 1 : -1) * ringArea(ring);
  }, 0);
}

/** Gauss's formula. */
const ringArea = (ring: Ring): number =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => {
      const [beforeX, beforeY] = ring.at(i - 1)!;
      return sum + beforeX * y - x * beforeY;
    }, 0),
  ) / 2;
