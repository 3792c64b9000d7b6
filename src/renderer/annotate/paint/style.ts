/** @file How regions look on an image: in the colour of their label, whatever the theme, since images have none. */
import type { Geometry } from '../../../contract/annotations';
import { pathOf } from './paths';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** How much of the image an area hides. */
export const FILL = 0.4;
const FILL_UNSELECTED = 0.25;
/** In CSS pixels. */
const LINE = 1.5;
const CASING = 4;
/** How far beyond its shape a region is drawn, in CSS pixels. */
export const OVERHANG = CASING;
/** Labels that are no longer there. */
const UNKNOWN = '#ffffff';

export type Colours = ReadonlyMap<string, string>;

export const colourOf = (colours: Colours, label: string): string => colours.get(label) ?? UNKNOWN;

/**
 * @param context in pixels of the image
 * @param pixel one CSS pixel, in pixels of the image
 */
export function drawShape(
  context: Context,
  shape: Geometry,
  colour: string,
  pixel: number,
  selected: boolean,
): void {
  const path = pathOf(shape);
  context.fillStyle = colour;
  context.globalAlpha = selected ? FILL : FILL_UNSELECTED;
  context.fill(path, 'evenodd');
  context.globalAlpha = 1;
  context.lineJoin = 'round';
  if (selected) {
    context.strokeStyle = '#ffffff';
    context.lineWidth = CASING * pixel;
    context.stroke(path);
  }
  context.strokeStyle = colour;
  context.lineWidth = LINE * (selected ? 1.5 : 1) * pixel;
  context.stroke(path);
}

/** A line that is seen on any ground: dark below, light dashes above. */
export function drawDashed(context: Context, path: Path2D, pixel: number, width = 1): void {
  context.globalAlpha = 1;
  context.lineWidth = width * pixel;
  context.strokeStyle = '#000000';
  context.stroke(path);
  context.setLineDash([4 * pixel, 4 * pixel]);
  context.strokeStyle = '#ffffff';
  context.stroke(path);
  context.setLineDash([]);
}
