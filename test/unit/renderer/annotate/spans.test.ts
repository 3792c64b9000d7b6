import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rasterise } from '../../../../src/contract/geometry/raster';
import { fromBrush, toBrush } from '../../../../src/renderer/annotate/geometry/brush';
import { outline } from '../../../../src/renderer/annotate/geometry/outline';
import {
  areaOf,
  boundsOf,
  clip,
  contains,
  NOTHING,
  scaled,
  shift,
  subtract,
  union,
} from '../../../../src/renderer/annotate/geometry/spans';
import { strokes } from '../../../../src/renderer/annotate/geometry/strokes';
import { bitmap, bitmapOf, HEIGHT, pixelsArbitrary, SIZE, spansOf, WIDTH } from './pixels';

const pair = fc.tuple(pixelsArbitrary, pixelsArbitrary);

describe('sets of pixels are what their bits are', () => {
  test('union and difference', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [sa, sb] = [spansOf(a), spansOf(b)];
        expect(bitmap(union(sa, sb))).toEqual(a.map((bit, i) => bit || b[i]!));
        expect(bitmap(subtract(sa, sb))).toEqual(a.map((bit, i) => bit && !b[i]!));
      }),
    );
  });

  test('area, bounds and what is under a point', () => {
    fc.assert(
      fc.property(pixelsArbitrary, (bits) => {
        const spans = spansOf(bits);
        expect(areaOf(spans)).toBe(bits.filter(Boolean).length);
        expect(bitmap(spans)).toEqual(bits);
        const columns = bits.flatMap((bit, i) => (bit ? [i % WIDTH] : []));
        const bounds = boundsOf(spans);
        if (columns.length === 0) expect(bounds).toBeNull();
        else expect([bounds!.left, bounds!.right]).toEqual([Math.min(...columns), Math.max(...columns) + 1]);
      }),
    );
  });

  test('the runs that the program keeps give the same pixels to both sides', () => {
    fc.assert(
      fc.property(pixelsArbitrary, (bits) => {
        const brush = toBrush(spansOf(bits));
        if (!bits.some(Boolean)) return expect(brush).toBeNull();
        expect(brush!.runs.reduce((sum, run) => sum + run, 0)).toBe(brush!.width * brush!.height);
        expect(brush!.runs.slice(1).every((run) => run > 0)).toBe(true);
        expect(bitmap(fromBrush(brush!))).toEqual(bits);
        expect([...rasterise([brush!], WIDTH, HEIGHT).data].map(Boolean)).toEqual(bits);
      }),
    );
  });

  test('the outline, painted by the even-odd rule, gives the same pixels', () => {
    fc.assert(
      fc.property(pixelsArbitrary, (bits) => {
        const rings = outline(spansOf(bits)).map((loop) =>
          Array.from({ length: loop.length / 2 }, (_, i): [number, number] => [
            loop[2 * i]!,
            loop[2 * i + 1]!,
          ]),
        );
        const painted = rings.length === 0 ? [] : [{ kind: 'polygon' as const, rings }];
        expect([...rasterise(painted, WIDTH, HEIGHT).data].map(Boolean)).toEqual(bits);
      }),
    );
  });
});

test('an outline has corners only, and pixels that touch by a corner are apart', () => {
  const square = outline(
    spansOf(
      bitmapOf([
        [1, 1],
        [2, 1],
        [1, 2],
        [2, 2],
      ]),
    ),
  );
  expect(square.map((loop) => loop.length / 2)).toEqual([4]);
  const touching = outline(
    spansOf(
      bitmapOf([
        [1, 1],
        [2, 2],
      ]),
    ),
  );
  expect(touching.map((loop) => loop.length / 2)).toEqual([4, 4]);
  const frame = outline(
    spansOf(
      bitmapOf([
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
        [2, 1],
        [0, 2],
        [1, 2],
        [2, 2],
      ]),
    ),
  );
  expect(frame.map((loop) => loop.length / 2)).toEqual([4, 4]);
});

test('what is moved out of the image is cut off there', () => {
  const spans = spansOf(
    bitmapOf([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]),
  );
  expect(areaOf(clip(shift(spans, -1, 0), SIZE))).toBe(2);
  expect(areaOf(clip(shift(spans, WIDTH - 1, HEIGHT - 1), SIZE))).toBe(1);
  expect(clip(shift(spans, 0, -2), SIZE)).toEqual(NOTHING);
});

test('on a grid three times as fine every pixel is nine, and back it is one', () => {
  fc.assert(
    fc.property(pixelsArbitrary, (bits) => {
      const spans = spansOf(bits);
      const fine = { width: 3 * WIDTH, height: 3 * HEIGHT };
      const larger = scaled(spans, SIZE, fine);
      expect(areaOf(larger)).toBe(9 * areaOf(spans));
      expect(bitmap(scaled(larger, fine, SIZE))).toEqual(bits);
    }),
  );
});

describe('a round brush', () => {
  const size = { width: 60, height: 50 };
  const point = fc.record({
    x: fc.double({ min: -5, max: 65, noNaN: true }),
    y: fc.double({ min: -5, max: 55, noNaN: true }),
  });

  test('paints the pixels whose centres are no farther from its line than its radius', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 1, max: 12, noNaN: true }),
        (points, radius) => {
          const painted = strokes(points, radius, size);
          const wrong: [number, number][] = [];
          for (let i = 0; i < size.width * size.height; i++) {
            const [x, y] = [(i % size.width) + 0.5, Math.floor(i / size.width) + 0.5];
            const distance = Math.min(
              ...points.map((end, k) => toSegment(x, y, points[Math.max(k - 1, 0)]!, end)),
            );
            if (Math.abs(distance - radius) > 1e-9 && contains(painted, x, y) !== distance < radius)
              wrong.push([x, y]);
          }
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('never paints less than the pixel under it', () => {
    expect(areaOf(strokes([{ x: 10.1, y: 10.9 }], 0.3, size))).toBe(1);
    expect(areaOf(strokes([{ x: 70, y: 10 }], 3, size))).toBe(0);
  });
});

/** Distance of a point from a segment. */
function toSegment(x: number, y: number, a: { x: number; y: number }, b: { x: number; y: number }): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = dx || dy ? ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy) : 0;
  const part = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - a.x - part * dx, y - a.y - part * dy);
}
