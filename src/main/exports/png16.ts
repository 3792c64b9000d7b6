/** @file 16-bit grey PNG whose scale stands in the file: bits = low + value / 65535 (high - low). */
import sharp from 'sharp';
import { z } from 'zod';
import { PenumbraError } from '../../contract/errors';
import { type Grid, maxSaliency } from '../../contract/noiseMap';
import { addPngText, readPngText } from './pngText';
import type { Format } from './types';

const STEPS = 65_535;
const KEYWORD = 'Penumbra';

const scaleText = z.object({ unit: z.string(), low: z.number(), high: z.number() });
export type Png16Scale = z.infer<typeof scaleText>;

/** `png16/<mask>/<image>.png`, on the mask's fixed scale, so that images can be compared. */
export const png16: Format = ({ write }) => ({
  add: async (_image, stem, views) => {
    for (const view of views) {
      const scale = { unit: 'bits', low: 0, high: maxSaliency(view.mask, view.scale) };
      await write(`png16/${view.mask}/${stem}.png`, await writePng16(view.saliency(), scale));
    }
  },
});

/** The bytes of the PNG; values outside the scale take its ends. */
export async function writePng16({ width, height, values }: Grid, scale: Png16Scale): Promise<Buffer> {
  const factor = STEPS / (scale.high - scale.low);
  const pixels = Uint16Array.from(values, (value) =>
    Math.min(Math.max(Math.round((value - scale.low) * factor), 0), STEPS),
  );
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  return addPngText(png, KEYWORD, JSON.stringify(scale));
}

/** @throws INVALID_INPUT if the file does not carry its scale */
export async function readPng16(png: Buffer): Promise<Grid & { scale: Png16Scale }> {
  const text = readPngText(png, KEYWORD);
  if (text === null) {
    throw new PenumbraError('INVALID_INPUT', 'The PNG does not say what its grey values mean.');
  }
  const scale = scaleText.parse(JSON.parse(text));
  const { data, info } = await sharp(png)
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint16Array(new Uint8Array(data).buffer);
  const step = (scale.high - scale.low) / STEPS;
  const values = Float32Array.from(pixels, (pixel) => scale.low + pixel * step);
  return { width: info.width, height: info.height, values, scale };
}
