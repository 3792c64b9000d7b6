/** @file Extents of shapes. */
import type { Geometry } from '../annotations';

/** The box around a shape, in pixels of the image and not rounded. */
export function boundsOf(shape: Geometry): { x: number; y: number; width: number; height: number } {
  if (shape.kind !== 'polygon') {
    const { x, y, width, height } = shape;
    return { x, y, width, height };
  }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of shape.rings.flat()) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
