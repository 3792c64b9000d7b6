/** @file Heat maps: numbers of a map, enlarged, looked up as values and painted in a colour map over a range. */
import { type AnyColourMap, colourTable } from '../../contract/colourMap';
import { type Grid, resample } from '../../contract/noiseMap';
import type { Field, Range } from './field';
import type { Saliency } from './fraction';

const STEPS = 1024;
const palettes = new Map<AnyColourMap, Uint32Array>();

/** 256 opaque colours as pixels of an ImageData (red in the lowest byte). */
function paletteOf(name: AnyColourMap): Uint32Array {
  const known = palettes.get(name);
  if (known) return known;
  const rgb = colourTable(name);
  const palette = Uint32Array.from(
    { length: 256 },
    (_, i) => (255 << 24) | (rgb[3 * i + 2]! << 16) | (rgb[3 * i + 1]! << 8) | rgb[3 * i]!,
  );
  palettes.set(name, palette);
  return palette;
}

type Drawn = Pick<Field, 'grid' | 'value' | 'domain'>;

/** From the numbers of a map straight to colours. */
function coloursOf(
  { value, domain: [from, to] }: Drawn,
  { low, high }: Range,
  name: AnyColourMap,
): Uint32Array {
  const palette = paletteOf(name);
  return Uint32Array.from({ length: STEPS + 1 }, (_, i) => {
    const share = (value(from + ((to - from) * i) / STEPS) - low) / (high - low);
    return palette[Math.round(255 * Math.min(Math.max(share, 0), 1))]!;
  });
}

/** Paints the whole canvas, which gets the given size in pixels. Where there is no value it stays clear. */
export function paintField(
  canvas: HTMLCanvasElement,
  field: Drawn,
  range: Range,
  colourMap: AnyColourMap,
  width: number,
  height: number,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  const { grid, domain } = field;
  const same = width === grid.width && height === grid.height;
  const { values } = same ? grid : resample(grid, width, height);
  const colours = coloursOf(field, range, colourMap);
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = STEPS / (domain[1] - domain[0]);
  for (let i = 0; i < pixels.length; i++) {
    const step = (values[i]! - domain[0]) * scale;
    // What is not a number is in no colour: a comparison with it is false.
    if (step > -STEPS) pixels[i] = colours[Math.min(Math.max((step + 0.5) | 0, 0), STEPS)]!;
  }
  context.putImageData(image, 0, 0);
}

/** A noise mask at map resolution, on the scale of all images. */
export function paintHeat(
  canvas: HTMLCanvasElement,
  fraction: Grid,
  { of, max }: Saliency,
  colourMap: AnyColourMap,
): void {
  const field: Drawn = { grid: fraction, value: of, domain: [0, 1] };
  paintField(canvas, field, { low: 0, high: max }, colourMap, fraction.width, fraction.height);
}
