/**
 * @file Where an image lies in a pane, and the way from a point of the one to the other.
 *
 * Three spaces, which the types keep apart: `PanePoint` in CSS pixels from the pane's upper left corner, `ImagePoint` in
 * pixels of the image from its upper left corner (the middle of the first pixel is at 0.5), and shares of the image in
 * [0, 1], `u` and `v`, which hold for maps of any size.
 */
declare const space: unique symbol;
export type PanePoint = { x: number; y: number; readonly [space]: 'pane' };
export type ImagePoint = { x: number; y: number; readonly [space]: 'image' };
export const panePoint = (x: number, y: number) => ({ x, y }) as PanePoint;
export const imagePoint = (x: number, y: number) => ({ x, y }) as ImagePoint;

export interface Size {
  width: number;
  height: number;
}

/** What is looked at, whatever the size of pane and image. */
export interface Look {
  /** 1 fits the image into the pane. */
  zoom: number;
  /** The share of the image that is in the middle of the pane. */
  centre: { u: number; v: number };
}

/** `pane = offset + scale * image`: CSS pixels for a pixel of the image, and where its corner lies. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

export const FITTED: Look = { zoom: 1, centre: { u: 0.5, v: 0.5 } };
/** CSS pixels between a fitted image and the edge of its pane. */
const MARGIN = 8;
const LARGEST_ZOOM = 64;

/** CSS pixels for a pixel of an image that just fits. */
export function fittedScale(image: Size, pane: Size): number {
  const room = (side: number) => Math.max(side - 2 * MARGIN, 1);
  return Math.min(room(pane.width) / image.width, room(pane.height) / image.height);
}

export function placementOf({ zoom, centre }: Look, image: Size, pane: Size): Placement {
  const scale = fittedScale(image, pane) * zoom;
  return {
    scale,
    left: pane.width / 2 - centre.u * image.width * scale,
    top: pane.height / 2 - centre.v * image.height * scale,
  };
}

export const toImage = ({ scale, left, top }: Placement, { x, y }: PanePoint): ImagePoint =>
  imagePoint((x - left) / scale, (y - top) / scale);

export const toPane = ({ scale, left, top }: Placement, { x, y }: ImagePoint): PanePoint =>
  panePoint(left + scale * x, top + scale * y);

/** No side of the image comes further in than the edge of the pane, and a side that fits stays in the middle. */
export function kept(look: Look, image: Size, pane: Size): Look {
  const scale = fittedScale(image, pane) * look.zoom;
  const within = (centre: number, size: number, room: number) => {
    const reach = Math.max(size * scale - room, 0) / (2 * size * scale);
    return Math.min(Math.max(centre, 0.5 - reach), 0.5 + reach);
  };
  return {
    zoom: look.zoom,
    centre: {
      u: within(look.centre.u, image.width, pane.width),
      v: within(look.centre.v, image.height, pane.height),
    },
  };
}

/**
 * Nearer or farther; the point under `at` stays where it is.
 * @param pixel CSS pixels of one device pixel: an image that is smaller than its pane may be shrunk to its own pixels
 */
export function zoomed(
  look: Look,
  factor: number,
  at: PanePoint,
  image: Size,
  pane: Size,
  pixel: number,
): Look {
  const fit = fittedScale(image, pane);
  const least = Math.min(1, pixel / fit);
  const most = Math.max(LARGEST_ZOOM, (4 * pixel) / fit);
  const zoom = Math.min(Math.max(look.zoom * factor, least), most);
  const under = toImage(placementOf(look, image, pane), at);
  const scale = fit * zoom;
  const centre = {
    u: (under.x - (at.x - pane.width / 2) / scale) / image.width,
    v: (under.y - (at.y - pane.height / 2) / scale) / image.height,
  };
  return kept({ zoom, centre }, image, pane);
}

/** Moves the image by so many CSS pixels. */
export function panned(look: Look, dx: number, dy: number, image: Size, pane: Size): Look {
  const scale = fittedScale(image, pane) * look.zoom;
  const centre = {
    u: look.centre.u - dx / (scale * image.width),
    v: look.centre.v - dy / (scale * image.height),
  };
  return kept({ zoom: look.zoom, centre }, image, pane);
}
