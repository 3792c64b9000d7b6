/** @file Heat maps: q, enlarged, looked up as bits and painted in a colour map on its fixed scale. */
import { type ColourMapName, colourTable } from '../../contract/colourMap';
import { type Grid, resample } from '../../contract/noiseMap';
import type { Saliency } from './fraction';

const STEPS = 1024;
const palettes = new Map<ColourMapName, Uint32Array>();

/** 256 opaque colours as pixels of an ImageData (red in the lowest byte). */
function paletteOf(name: ColourMapName): Uint32Array {
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

/** From q in [0, 1] straight to a colour. */
function coloursOfFraction(saliency: Saliency, name: ColourMapName): Uint32Array {
  const palette = paletteOf(name);
  return Uint32Array.from({ length: STEPS + 1 }, (_, i) => {
    const share = Math.min(Math.max(saliency.of(i / STEPS) / saliency.max, 0), 1);
    return palette[Math.round(255 * share)]!;
  });
}

/** Paints the whole canvas, which gets the given size in pixels. */
export function paintHeat(
  canvas: HTMLCanvasElement,
  fraction: Grid,
  saliency: Saliency,
  colourMap: ColourMapName,
  width = fraction.width,
  height = fraction.height,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  const same = width === fraction.width && height === fraction.height;
  const { values } = same ? fraction : resample(fraction, width, height);
  const colours = coloursOfFraction(saliency, colourMap);
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colours[(values[i]! * STEPS + 0.5) | 0]!;
  context.putImageData(image, 0, 0);
}
