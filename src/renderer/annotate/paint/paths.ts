/** @file Shapes as paths in pixels of the image, made once: drawing them at another zoom or place is a matter of the transform. */
import type { Geometry } from '../../../contract/annotations';
import { fromBrush } from '../geometry/brush';
import { outline } from '../geometry/outline';
import type { Spans } from '../geometry/spans';

const known = new WeakMap<Geometry | Spans, Path2D>();

export function pathOf(shape: Geometry): Path2D {
  if (shape.kind === 'brush') return pathOfSpans(fromBrush(shape));
  const found = known.get(shape) ?? draw(shape);
  known.set(shape, found);
  return found;
}

export function pathOfSpans(spans: Spans): Path2D {
  const found = known.get(spans) ?? drawSpans(spans);
  known.set(spans, found);
  return found;
}

function draw(shape: Exclude<Geometry, { kind: 'brush' }>): Path2D {
  const path = new Path2D();
  if (shape.kind === 'box') path.rect(shape.x, shape.y, shape.width, shape.height);
  else for (const ring of shape.rings) trace(path, ring.flat());
  return path;
}

function drawSpans(spans: Spans): Path2D {
  const path = new Path2D();
  for (const loop of outline(spans)) trace(path, loop);
  return path;
}

/** @param corners x, y, x, y, ... */
function trace(path: Path2D, corners: number[]): void {
  for (let i = 0; i < corners.length; i += 2)
    if (i === 0) path.moveTo(corners[0]!, corners[1]!);
    else path.lineTo(corners[i]!, corners[i + 1]!);
  path.closePath();
}
