/** @file From pixels to shapes. */
import { contours } from 'd3-contour';
import type { Polygon, Ring } from '../annotations';
import { crop, type Mask, setBounds } from './mask';

/**
 * The outline of a mask, as rings by the even-odd rule: it runs half-way between centres of pixels (marching squares),
 * so that painting it gives the same mask again. Null where no pixel is set.
 * @param x column of the image in which the mask begins
 * @param y row of the image in which the mask begins
 */
export function outlineOf(mask: Mask, x = 0, y = 0): Polygon | null {
  const bounds = setBounds(mask);
  if (!bounds) return null;
  const part = crop(mask, bounds);
  const trace = contours().size([part.width, part.height]).smooth(false);
  // The library's types ask for an array of numbers; it reads any list by its index.
  const { coordinates } = trace.contour(part.data as unknown as number[], 0.5);
  const rings = coordinates
    .flat()
    .map((points) =>
      withoutStraights(points.slice(0, -1) as Ring).map(([px, py]): [number, number] => [
        px + bounds.x + x,
        py + bounds.y + y,
      ]),
    );
  return { kind: 'polygon', rings };
}

/** Leaves out corners at which the outline goes straight on. */
function withoutStraights(ring: Ring): Ring {
  return ring.filter(([x, y], i) => {
    const [x0, y0] = ring.at(i - 1)!;
    const [x1, y1] = ring[(i + 1) % ring.length]!;
    return (x - x0) * (y1 - y) !== (y - y0) * (x1 - x);
  });
}
