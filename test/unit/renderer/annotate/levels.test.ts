import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resample } from '../../../../src/contract/noiseMap';
import { pieceAt, pieces } from '../../../../src/renderer/annotate/geometry/flood';
import { allOf, colourRows, mapRows } from '../../../../src/renderer/annotate/geometry/levels';
import { areaOf, contains, NOTHING, rowAt, union } from '../../../../src/renderer/annotate/geometry/spans';
import { bitmap, bitmapOf, HEIGHT, pixelsArbitrary, spansOf, WIDTH } from './pixels';

describe('a range of a map, enlarged to its image', () => {
  const gridArbitrary = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        values: fc
          .array(fc.integer({ min: 0, max: 8 }), { minLength: width * height, maxLength: width * height })
          .map((values) => Float32Array.from(values)),
      }),
    );

  test('holds the pixels that the enlarged map has in that range', () => {
    fc.assert(
      fc.property(
        gridArbitrary,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (grid, width, height) => {
          // No value of the enlarged map can be exactly there, where rounding would decide.
          const [low, high] = [2.503, 6.507];
          const spans = allOf(mapRows(grid, { width, height }, low, high), height);
          const wrong = [...resample(grid, width, height).values].flatMap((value, i) => {
            if (Math.abs(value - low) < 1e-4 || Math.abs(value - high) < 1e-4) return [];
            const inside = contains(spans, i % width, Math.floor(i / width));
            return inside === (value >= low && value <= high) ? [] : [i];
          });
          expect(wrong).toEqual([]);
        },
      ),
    );
  });

  test('a range without an end on one side', () => {
    const grid = { width: 2, height: 1, values: Float32Array.of(0, 1) };
    // The value rises from 0 at pixel 4.5 to 1 at pixel 14.5 and reaches a half at 9.5.
    const rows = mapRows(grid, { width: 20, height: 3 }, 0.5, Number.POSITIVE_INFINITY);
    expect(rows(1)).toEqual([10, 20]);
    expect(mapRows(grid, { width: 20, height: 3 }, Number.NEGATIVE_INFINITY, 0.5)(1)).toEqual([0, 10]);
  });
});

describe('what hangs together', () => {
  test('the piece under a pixel is what a walk from pixel to pixel reaches', () => {
    fc.assert(
      fc.property(pixelsArbitrary, fc.nat(WIDTH * HEIGHT - 1), (bits, seed) => {
        const reached = walk(bits, seed);
        const spans = spansOf(bits);
        const piece = pieceAt((y) => rowAt(spans, y), HEIGHT, seed % WIDTH, Math.floor(seed / WIDTH));
        expect(bitmap(piece)).toEqual(reached);
      }),
    );
  });

  test('pieces are apart, and together everything', () => {
    fc.assert(
      fc.property(pixelsArbitrary, (bits) => {
        const found = pieces(spansOf(bits));
        expect(bitmap(found.reduce(union, NOTHING))).toEqual(bits);
        expect(found.reduce((sum, piece) => sum + areaOf(piece), 0)).toBe(bits.filter(Boolean).length);
        for (const piece of found) {
          const own = bitmap(piece);
          expect(walk(bits, own.indexOf(true))).toEqual(own);
        }
      }),
    );
  });
});

test('colours near the pixel pointed at, channel by channel', () => {
  const image = {
    width: 3,
    height: 1,
    data: new Uint8ClampedArray([10, 10, 10, 255, 14, 6, 10, 255, 10, 10, 15, 255]),
  };
  expect(colourRows(image as ImageData, 0, 0, 4)(0)).toEqual([0, 2]);
  expect(colourRows(image as ImageData, 0, 0, 3)(0)).toEqual([0, 1]);
  expect(colourRows(image as ImageData, 1, 0, 5)(0)).toEqual([0, 3]);
});

/** By the four sides of a pixel. */
function walk(bits: boolean[], seed: number): boolean[] {
  const reached = bitmapOf([]);
  const stack = bits[seed] ? [seed] : [];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (reached[at]) continue;
    reached[at] = true;
    const x = at % WIDTH;
    const beside = [at - WIDTH, at + WIDTH, ...(x > 0 ? [at - 1] : []), ...(x < WIDTH - 1 ? [at + 1] : [])];
    stack.push(...beside.filter((i) => bits[i]));
  }
  return reached;
}
