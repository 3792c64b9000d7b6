import fc from 'fast-check';
import type { Box, Brush, Geometry, Polygon } from '../../../src/contract/annotations';
import { brushOf, type Mask } from '../../../src/contract/geometry/mask';

/** A mask of the size, each pixel set or not. */
export const masks = (width: number, height: number): fc.Arbitrary<Mask> =>
  fc
    .uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
    .map((data) => ({ width, height, data }));

export const anyMask: fc.Arbitrary<Mask> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, height]) => masks(width, height));

const position = (largest: number) => fc.integer({ min: 0, max: largest * 8 }).map((eighths) => eighths / 8);

export const boxes = (width: number, height: number): fc.Arbitrary<Box> =>
  fc
    .tuple(position(width), position(width), position(height), position(height))
    .filter(([x0, x1, y0, y1]) => Math.abs(x0 - x1) >= 1 && Math.abs(y0 - y1) >= 1)
    .map(([x0, x1, y0, y1]) => ({
      kind: 'box',
      x: Math.min(x0, x1),
      y: Math.min(y0, y1),
      width: Math.abs(x0 - x1),
      height: Math.abs(y0 - y1),
    }));

/** Any corners, in any order: the outline may cross itself. */
export const polygons = (width: number, height: number): fc.Arbitrary<Polygon> =>
  fc
    .array(
      fc.array(
        fc.tuple(position(width), position(height)).map(([x, y]): [number, number] => [x, y]),
        { minLength: 3, maxLength: 8 },
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((rings) => ({ kind: 'polygon', rings }));

export const brushes = (width: number, height: number): fc.Arbitrary<Brush> =>
  masks(width, height)
    .map((mask) => brushOf(mask))
    .filter((brush) => brush !== null);

export const shapes = (width: number, height: number): fc.Arbitrary<Geometry> =>
  fc.oneof(boxes(width, height), polygons(width, height), brushes(width, height));
