import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Geometry, geometry, type Polygon, type Ring } from '../../../src/contract/annotations';
import { clip } from '../../../src/contract/geometry/clip';
import { brushOf, crop, decodeRuns, encodeRuns, setBounds } from '../../../src/contract/geometry/mask';
import { boundsOf } from '../../../src/contract/geometry/measure';
import { outlineOf } from '../../../src/contract/geometry/outline';
import { rasterise } from '../../../src/contract/geometry/raster';
import { roleMask } from '../../../src/contract/geometry/roleMask';
import { anyMask, shapes } from './shapes';

const W = 12;
const H = 9;
const pixels = (shape: Geometry, width = W, height = H) => [...rasterise([shape], width, height).data];
const polygon = (...rings: Ring[]): Polygon => ({ kind: 'polygon', rings });

/** Crossing number of a point, by the definition: edges that a ray to the right meets. */
function isInside(rings: Ring[], px: number, py: number): boolean {
  let crossings = 0;
  for (const ring of rings)
    for (const [i, [x1, y1]] of ring.entries()) {
      const [x0, y0] = ring.at(i - 1)!;
      if (y0 <= py === y1 <= py) continue;
      if (x0 + ((py - y0) * (x1 - x0)) / (y1 - y0) > px) crossings++;
    }
  return crossings % 2 === 1;
}

describe('runs', () => {
  it('begin with zeros', () => {
    expect(encodeRuns(Uint8Array.of(1, 1, 0, 1))).toEqual([0, 2, 1, 1]);
    expect(encodeRuns(Uint8Array.of(0, 0))).toEqual([2]);
  });

  it('come back as the mask they were', () => {
    fc.assert(
      fc.property(anyMask, ({ data }) => {
        expect(decodeRuns(encodeRuns(data), data.length)).toEqual(data);
      }),
    );
  });
});

describe('a brush', () => {
  it('keeps every pixel in the smallest bounds', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const brush = brushOf(mask);
        if (!brush) return void expect(mask.data.includes(1)).toBe(false);
        expect(geometry.safeParse(brush).success).toBe(true);
        expect(pixels(brush, mask.width, mask.height)).toEqual([...mask.data]);
        const part = crop(mask, brush);
        expect(setBounds(part)).toEqual({ x: 0, y: 0, width: brush.width, height: brush.height });
      }),
    );
  });

  it('has to fill its bounds', () => {
    const brush = { kind: 'brush', x: 0, y: 0, width: 2, height: 2, runs: [1, 2] };
    expect(geometry.safeParse(brush).success).toBe(false);
    expect(geometry.safeParse({ ...brush, width: 1e5, height: 1e5, runs: [1e10] }).success).toBe(false);
  });
});

describe('a polygon', () => {
  it('holds the pixels whose centres are inside by the even-odd rule', () => {
    fc.assert(
      fc.property(
        shapes(W, H).filter((shape) => shape.kind === 'polygon'),
        // Off the grid of corners, so that no centre lies on an edge.
        fc.constant(0.013),
        ({ rings }, shift) => {
          const moved = rings.map((ring) =>
            ring.map(([x, y]): [number, number] => [x + shift, y + shift / 2]),
          );
          const expected = Array.from({ length: W * H }, (_, i) =>
            Number(isInside(moved, (i % W) + 0.5, Math.floor(i / W) + 0.5)),
          );
          expect(pixels(polygon(...moved))).toEqual(expected);
        },
      ),
    );
  });

  it('has holes', () => {
    const outer: Ring = [
      [1, 1],
      [6, 1],
      [6, 6],
      [1, 6],
    ];
    const hole: Ring = [
      [3, 3],
      [4, 3],
      [4, 4],
      [3, 4],
    ];
    const data = pixels(polygon(outer, hole));
    expect(data.reduce((a, b) => a + b)).toBe(24);
    expect(data[3 * W + 3]).toBe(0);
  });

  it('may reach beyond the image', () => {
    const far: Ring = [
      [-1e5, -1e5],
      [1e5, -1e5],
      [1e5, 1e5],
      [-1e5, 1e5],
    ];
    expect(pixels(polygon(far)).every((bit) => bit === 1)).toBe(true);
  });
});

describe('a box', () => {
  it('covers the pixels whose centres it holds', () => {
    const box: Geometry = { kind: 'box', x: 0.6, y: 1, width: 2, height: 1 };
    expect(rasterise([box], 4, 3).data).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0));
    expect(boundsOf(box)).toEqual({ x: 0.6, y: 1, width: 2, height: 1 });
  });
});

describe('an outline', () => {
  it('gives back the very pixels it was drawn around', () => {
    fc.assert(
      fc.property(anyMask, (mask) => {
        const outline = outlineOf(mask);
        if (!outline) return void expect(mask.data.includes(1)).toBe(false);
        expect(geometry.safeParse(outline).success).toBe(true);
        expect(pixels(outline, mask.width, mask.height)).toEqual([...mask.data]);
      }),
    );
  });

  it('of a full mask is its border, without corners on straight lines', () => {
    const full = { width: 5, height: 4, data: new Uint8Array(20).fill(1) };
    const { rings } = outlineOf(full, 10, 20)!;
    expect(rings).toHaveLength(1);
    expect(boundsOf(polygon(...rings))).toEqual({ x: 10, y: 20, width: 5, height: 4 });
    expect(rings[0]!.length).toBeLessThanOrEqual(8);
  });
});

describe('a shape cut to its image', () => {
  it('keeps an eight, whose lobes are of the same size', () => {
    const eight = polygon([
      [1, 1],
      [7, 1],
      [1, 7],
      [7, 7],
    ]);
    expect(clip(eight, W, H)).toEqual(eight);
    expect(
      clip(
        polygon([
          [1, 1],
          [7, 7],
          [4, 4],
        ]),
        W,
        H,
      ),
    ).toBeNull();
  });

  it('covers the same pixels of it', () => {
    fc.assert(
      fc.property(
        shapes(W * 2, H * 2),
        fc.integer({ min: -W, max: 0 }),
        fc.integer({ min: -H, max: 0 }),
        (shape, dx, dy) => {
          const moved = move(shape, dx, dy);
          const cut = clip(moved, W, H);
          const [before, after] = [pixels(moved), cut ? pixels(cut) : new Array(W * H).fill(0)];
          // A corner made by the cut is rounded, so a centre right on the edge that leads to it may fall to either side.
          const decided = (_: number, i: number) => !isOnEdge(moved, (i % W) + 0.5, Math.floor(i / W) + 0.5);
          expect(after.filter(decided)).toEqual(before.filter(decided));
          if (!cut) return;
          const { x, y, width, height } = boundsOf(cut);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(W + 1e-9);
          expect(y + height).toBeLessThanOrEqual(H + 1e-9);
        },
      ),
    );
  });

  it('stays as it is where it lies inside', () => {
    fc.assert(
      fc.property(shapes(W, H), (shape) => {
        const cut = clip(shape, W, H);
        if (cut) expect(cut).toEqual(shape);
        else expect(pixels(shape).includes(1)).toBe(false);
      }),
    );
  });
});

/** Whether a point lies on a polygon's edge, to the rounding of its cross product. */
function isOnEdge(shape: Geometry, px: number, py: number): boolean {
  if (shape.kind !== 'polygon') return false;
  return shape.rings.some((ring) =>
    ring.some(([x1, y1], i) => {
      const [x0, y0] = ring.at(i - 1)!;
      return Math.abs((x1 - x0) * (py - y0) - (y1 - y0) * (px - x0)) < 1e-9;
    }),
  );
}

function move(shape: Geometry, dx: number, dy: number): Geometry {
  if (shape.kind !== 'polygon') return { ...shape, x: shape.x + dx, y: shape.y + dy };
  return polygon(...shape.rings.map((ring) => ring.map(([x, y]): [number, number] => [x + dx, y + dy])));
}

describe('roleMask', () => {
  const labels = [
    { name: 'flower', role: 'object' },
    { name: 'leaf', role: 'object' },
    { name: 'ignore', role: 'ignore' },
  ] as const;
  const row = (label: string, x: number, width: number) => ({
    label,
    geometry: { kind: 'box', x, y: 0, width, height: 1 } as const,
  });

  it('is the union of the labels of a role, less what is to be ignored', () => {
    const regions = [row('ignore', 3, 1), row('flower', 0, 2), row('leaf', 1, 4)];
    expect([...roleMask(regions, labels, 'object', 6, 1)!.data]).toEqual([1, 1, 1, 0, 1, 0]);
    expect([...roleMask(regions, labels, 'ignore', 6, 1)!.data]).toEqual([0, 0, 0, 1, 0, 0]);
    expect(roleMask(regions, labels, 'cue', 6, 1)).toBeNull();
  });
});
