/** @file Pictures that are masks. */
import sharp from 'sharp';
import type { Mask } from '../../../contract/geometry/mask';
import { refused } from './parse';

const MOST_PIXELS = 268_435_456;

/** The pixels that are not black (and not transparent) of a picture. @throws INVALID_INPUT */
export async function maskOfPng(png: Buffer, file: string, item = ''): Promise<Mask> {
  const { data, width, height } = await greyOf(png, file, item);
  return { width, height, data: data.map((value) => (value > 0 ? 1 : 0)) };
}

/** One byte a pixel: the largest of its colours; 0 where it is transparent. @throws INVALID_INPUT */
async function greyOf(png: Buffer, file: string, item: string) {
  const { data, width, height, channels } = await pixelsOf(png, file, item);
  const colours = channels > 2 ? 3 : 1;
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const seen = channels === colours || data[at + colours]! > 0;
    for (let c = 0; seen && c < colours; c++) grey[i] = Math.max(grey[i]!, data[at + c]!);
  }
  return { data: grey, width, height };
}

/** Bytes [height, width, channels] of a picture. @throws INVALID_INPUT */
export async function pixelsOf(png: Buffer, file: string, item = '') {
  try {
    const { data, info } = await sharp(png, { limitInputPixels: MOST_PIXELS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels };
  } catch (cause) {
    throw refused(file, item, 'the picture of the mask cannot be read', cause);
  }
}
