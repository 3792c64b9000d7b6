/** @file The heat map laid over the image. */
import { colourTable } from '../../contract/colourMap';
import { decodeFull } from '../library/decode';
import { colourPixels, encodePng } from './heatmap';
import type { Format } from './types';

/** `overlay/<mask>/<image>.png`: (1 - opacity) image + opacity heat map. */
export const overlay: Format = ({ write, fileOf, options: { colourMap, opacity } }) => {
  const colours = colourTable(colourMap);
  return {
    add: async (image, stem, views) => {
      const { width, height, rgb } = await decodeFull(fileOf(image), image.hash);
      for (const view of views) {
        const mixed = colourPixels(view, colours).map((colour, i) =>
          Math.round(rgb[i]! * (1 - opacity) + colour * opacity),
        );
        await write(`overlay/${view.mask}/${stem}.png`, await encodePng(mixed, width, height));
      }
    },
  };
};
