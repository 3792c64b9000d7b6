/** @file What is not kept yet: lines, shapes and frames under the pointer, handles and proposals. */
import type { Geometry } from '../../../contract/annotations';
import type { Handle } from '../geometry/shapes';
import type { Spans } from '../geometry/spans';
import type { Draft } from '../tools/tool';
import { pathOfSpans } from './paths';
import { type Colours, colourOf, drawDashed, drawShape } from './style';

type Context = CanvasRenderingContext2D;

/** @param pixel one CSS pixel, in pixels of the image, as in all of this file; the context is in the latter */
export function drawDraft(
  context: Context,
  draft: Exclude<Draft, { kind: 'stroke' }>,
  colours: Colours,
  pixel: number,
): void {
  if (draft.kind === 'shapes') {
    for (const { label, geometry } of draft.shapes)
      drawShape(context, geometry, colourOf(colours, label), pixel, true);
  } else if (draft.kind === 'line') drawLine(context, draft, colourOf(colours, draft.label), pixel);
  else {
    const { from, to } = draft;
    const path = new Path2D();
    path.rect(
      Math.min(from.x, to.x),
      Math.min(from.y, to.y),
      Math.abs(to.x - from.x),
      Math.abs(to.y - from.y),
    );
    drawDashed(context, path, pixel);
  }
}

function drawLine(
  context: Context,
  { points, to }: Extract<Draft, { kind: 'line' }>,
  colour: string,
  pixel: number,
): void {
  const ring: Geometry = {
    kind: 'polygon',
    rings: [[...points, ...(to ? [to] : [])].map(({ x, y }): [number, number] => [x, y])],
  };
  drawShape(context, ring, colour, pixel, true);
  for (const { x, y } of points) drawKnob(context, x, y, pixel, colour, 4);
}

/** Places for new corners are smaller. */
export function drawHandles(
  context: Context,
  handles: readonly Handle[],
  colour: string,
  pixel: number,
): void {
  for (const { x, y, between } of handles) drawKnob(context, x, y, pixel, colour, between ? 2.5 : 4);
}

/** The corner that keys move. */
export function drawCorner(context: Context, { x, y }: Handle, pixel: number): void {
  const path = new Path2D();
  path.arc(x, y, 8 * pixel, 0, 2 * Math.PI);
  drawDashed(context, path, pixel, 2);
}

function drawKnob(
  context: Context,
  x: number,
  y: number,
  pixel: number,
  colour: string,
  radius: number,
): void {
  context.beginPath();
  context.arc(x, y, radius * pixel, 0, 2 * Math.PI);
  context.fillStyle = '#ffffff';
  context.fill();
  context.lineWidth = 1.5 * pixel;
  context.strokeStyle = colour;
  context.stroke();
}

export function drawProposal(
  context: Context,
  spans: Spans,
  colour: string,
  pixel: number,
  current: boolean,
): void {
  const path = pathOfSpans(spans);
  context.globalAlpha = current ? 0.4 : 0.15;
  context.fillStyle = colour;
  context.fill(path, 'evenodd');
  drawDashed(context, path, pixel, current ? 2 : 1);
}
