/** @file The outline of a region of a map, as a path over the image. */
import { contours } from 'd3-contour';
import { resample } from '../../contract/noiseMap';
import type { Field } from './field';

/** A coarse map is refined first, as it is when it is painted: the outline follows what is seen. */
const FINE = 192;

/**
 * Where a field's value passes the threshold, as an SVG path in units of the image, [0, 1] x [0, 1].
 * d3's rings have the middle of the first map pixel at 0.5, as ours do.
 */
export function outlineOf({ grid, value }: Field, threshold: number): string {
  const width = Math.max(grid.width, Math.min(FINE, 8 * grid.width));
  const height = Math.max(grid.height, Math.min(FINE, 8 * grid.height));
  const values = Array.from(resample(grid, width, height).values, value);
  const { coordinates } = contours().size([width, height]).contour(values, threshold);
  const point = ([x, y]: number[]) => `${(x! / width).toFixed(4)} ${(y! / height).toFixed(4)}`;
  return coordinates
    .flat()
    .map((ring) => `M${ring.map(point).join('L')}Z`)
    .join('');
}
