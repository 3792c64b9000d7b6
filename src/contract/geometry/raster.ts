/** @file From shapes to pixels: a pixel belongs to a shape if its centre does. */
import type { Box, Brush, Geometry, Ring } from '../annotations';
import { decodeRuns, emptyMask, type Mask } from './mask';

/** The union of shapes, in a mask of the image's size. */
export function rasterise(shapes: Iterable<Geometry>, width: number, height: number): Mask {
  const mask = emptyMask(width, height);
  for (const shape of shapes) paint(mask, shape, 1);
  return mask;
}

/** Gives the pixels of a shape a value; what lies outside of the mask is passed over. */
export function paint(mask: Mask, shape: Geometry, value: 0 | 1): void {
  if (shape.kind === 'polygon') paintRings(mask, shape.rings, value);
  else if (shape.kind === 'box') paintBox(mask, shape, value);
  else paintBrush(mask, shape, value);
}

/** The first pixel whose centre is at or behind a position. */
const pixelAt = (position: number): number => Math.ceil(position - 0.5);

function paintBox({ width, height, data }: Mask, box: Box, value: 0 | 1): void {
  const [left, right] = [Math.max(pixelAt(box.x), 0), Math.min(pixelAt(box.x + box.width), width)];
  const [top, bottom] = [Math.max(pixelAt(box.y), 0), Math.min(pixelAt(box.y + box.height), height)];
  for (let y = top; y < bottom; y++) if (left < right) data.fill(value, y * width + left, y * width + right);
}

function paintBrush(mask: Mask, brush: Brush, value: 0 | 1): void {
  const bits = decodeRuns(brush.runs, brush.width * brush.height);
  const [left, right] = [Math.max(-brush.x, 0), Math.min(mask.width - brush.x, brush.width)];
  for (let row = Math.max(-brush.y, 0); row < Math.min(mask.height - brush.y, brush.height); row++) {
    const from = row * brush.width;
    const to = (row + brush.y) * mask.width + brush.x;
    for (let column = left; column < right; column++)
      if (bits[from + column] === 1) mask.data[to + column] = value;
  }
}

/** Even-odd: along a row, pixels between the first and the second crossing are inside, the third and the fourth, ... */
function paintRings({ width, height, data }: Mask, rings: Ring[], value: 0 | 1): void {
  const crossings: number[][] = [];
  for (const ring of rings)
    for (const [i, [x1, y1]] of ring.entries()) {
      const [x0, y0] = ring.at(i - 1)!;
      const [top, bottom] = [pixelAt(Math.min(y0, y1)), pixelAt(Math.max(y0, y1))];
      for (let row = Math.max(top, 0); row < Math.min(bottom, height); row++) {
        crossings[row] ??= [];
        crossings[row]!.push(x0 + ((row + 0.5 - y0) * (x1 - x0)) / (y1 - y0));
      }
    }
  crossings.forEach((positions, row) => {
    positions.sort((a, b) => a - b);
    for (let i = 0; i + 1 < positions.length; i += 2) {
      const from = Math.max(pixelAt(positions[i]!), 0);
      const to = Math.min(pixelAt(positions[i + 1]!), width);
      if (from < to) data.fill(value, row * width + from, row * width + to);
    }
  });
}
