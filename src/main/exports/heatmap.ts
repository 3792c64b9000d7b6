/** @file Colour pictures of maps, on the mask's fixed scale in bits: one colour means the same in every image. */
import sharp from 'sharp';
import { colourTable } from '../../contract/colourMap';
import { legendTop } from '../../contract/noiseMap';
import type { Format, View } from './types';

/** `heatmap/<mask>/<image>.png` */
export const heatmap: Format = ({ write, options: { colourMap } }) => {
  const colours = colourTable(colourMap);
  return {
    add: async (_image, stem, views) => {
      for (const view of views) {
        const { width, height } = view.saliency();
        const png = await encodePng(colourPixels(view, colours), width, height);
        await write(`heatmap/${view.mask}/${stem}.png`, png);
      }
    },
  };
};

/** RGB bytes [height, width, 3] of a view's saliency. @param colours 256 colours (contract/colourMap) */
export function colourPixels(view: View, colours: Uint8Array): Uint8Array {
  const { values } = view.saliency();
  const factor = 255 / legendTop(view.mask, view.scale);
  const rgb = new Uint8Array(values.length * 3);
  for (let i = 0; i < values.length; i++) {
    const colour = 3 * Math.min(Math.max(Math.round(values[i]! * factor), 0), 255);
    rgb[3 * i] = colours[colour]!;
    rgb[3 * i + 1] = colours[colour + 1]!;
    rgb[3 * i + 2] = colours[colour + 2]!;
  }
  return rgb;
}

export function encodePng(rgb: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
