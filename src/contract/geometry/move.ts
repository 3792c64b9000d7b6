import type { Geometry } from '../annotations';

/** The same shape elsewhere. @param dx columns; whole ones for a brush */
export function move(shape: Geometry, dx: number, dy: number): Geometry {
  if (shape.kind !== 'polygon') return { ...shape, x: shape.x + dx, y: shape.y + dy };
  const rings = shape.rings.map((ring) => ring.map(([x, y]): [number, number] => [x + dx, y + dy]));
  return { kind: 'polygon', rings };
}
