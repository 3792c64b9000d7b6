import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Geometry, Region } from '../../../../src/contract/annotations';
import { applied, settled } from '../../../../src/renderer/annotate/applied';
import { areaOf, isUnder } from '../../../../src/renderer/annotate/geometry/shapes';
import { RegionIndex } from '../../../../src/renderer/annotate/regionIndex';

const region = (id: number, geometry: Geometry, more: Partial<Region> = {}): Region => ({
  id,
  imageId: 1,
  label: 'object',
  geometry,
  name: null,
  locked: false,
  hidden: false,
  createdAt: '',
  updatedAt: '',
  ...more,
});
const box = (x: number, y: number, width: number, height: number): Geometry => ({
  kind: 'box',
  x,
  y,
  width,
  height,
});

describe('the index', () => {
  const boxes = fc.array(
    fc.tuple(fc.nat(90), fc.nat(90), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })),
    { maxLength: 40 },
  );

  test('after any changes it finds what a look at every region finds', () => {
    fc.assert(
      fc.property(boxes, boxes, fc.nat(120), fc.nat(120), (before, after, x, y) => {
        const index = new RegionIndex();
        const old = before.map((b, i) => region(i + 1, box(...b)));
        index.update(old);
        // Every second one stays as it was.
        const now = after.map((b, i) => (i % 2 === 0 && old[i] ? old[i]! : region(i + 1, box(...b))));
        index.update(now);
        const area = { left: x - 10, top: y - 10, right: x + 10, bottom: y + 10 };
        const meets = ({ geometry: g }: Region) =>
          g.kind === 'box' &&
          g.x <= area.right &&
          g.x + g.width >= area.left &&
          g.y <= area.bottom &&
          g.y + g.height >= area.top;
        expect(index.within(area)).toEqual(now.filter(meets));
        const under = now.filter(({ geometry }) => isUnder(geometry, { x, y }, 0));
        const least = Math.min(...under.map(({ geometry }) => areaOf(geometry)));
        const hit = index.at({ x, y }, 0);
        expect(hit ? areaOf(hit.geometry) : Number.POSITIVE_INFINITY).toBe(least);
      }),
    );
  });

  test('tells where something changed, and only there', () => {
    const index = new RegionIndex();
    const [a, b] = [region(1, box(0, 0, 10, 10)), region(2, box(50, 50, 10, 10))];
    expect(index.update([a, b])).toHaveLength(2);
    expect(index.update([a, b])).toEqual([]);
    expect(index.update([a, { ...b, label: 'cue' }])).toEqual(
      Array.from({ length: 2 }, () => ({ left: 50, top: 50, right: 60, bottom: 60 })),
    );
    expect(index.update([a])).toEqual([{ left: 50, top: 50, right: 60, bottom: 60 }]);
  });
});

test('a polygon with a hole is not under a point in its hole, and has no area there', () => {
  const ring = (from: number, to: number): [number, number][] => [
    [from, from],
    [to, from],
    [to, to],
    [from, to],
  ];
  for (const hole of [ring(30, 70), ring(30, 70).reverse()]) {
    const polygon: Geometry = { kind: 'polygon', rings: [ring(0, 100), hole] };
    expect(isUnder(polygon, { x: 50, y: 50 }, 5)).toBe(false);
    expect(isUnder(polygon, { x: 33, y: 50 }, 5)).toBe(true);
    expect(isUnder(polygon, { x: 10, y: 50 }, 5)).toBe(true);
    expect(areaOf(polygon)).toBe(100 * 100 - 40 * 40);
  }
});

describe('changes', () => {
  const a = region(7, box(0, 0, 10, 10), { name: 'left' });

  test('only what is named changes, new regions come last, and nothing comes back from the dead', () => {
    const { regions, ids } = applied(
      [a, region(8, box(1, 1, 5, 5))],
      [
        { put: { id: 7, locked: true } },
        { remove: 8 },
        { put: { id: 8, hidden: true } },
        { put: { label: 'cue', geometry: box(2, 2, 2, 2) } },
      ],
      1,
      () => -1,
    );
    expect(ids).toEqual([7, -1]);
    expect(regions).toMatchObject([
      { id: 7, name: 'left', locked: true, geometry: a.geometry },
      { id: -1, label: 'cue', name: null, locked: false, imageId: 1 },
    ]);
  });

  test('numbers given before the program answered become its own', () => {
    const ids = new Map([[-1, 40]]);
    expect(
      settled(
        [
          { put: { id: -1, name: 'x' } },
          { remove: -1 },
          { remove: 7 },
          { put: { label: 'a', geometry: box(0, 0, 1, 1) } },
        ],
        ids,
      ),
    ).toEqual([
      { put: { id: 40, name: 'x' } },
      { remove: 40 },
      { remove: 7 },
      { put: { label: 'a', geometry: box(0, 0, 1, 1) } },
    ]);
  });
});
