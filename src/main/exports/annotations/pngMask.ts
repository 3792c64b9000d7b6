/** @file Pictures that are masks. */
import sharp from 'sharp';
import type { Mask } from '../../../contract/geometry/mask';
import { sniffFormat } from '../../library/formats';
import { refused } from './parse';

/** Of the decoded picture: 16,384 x 16,384 of one channel. */
const MOST_BYTES = 268_435_456;

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
  // By its first bytes, as images are: of all that the decoder knows, drawings (SVG) would be carried out.
  if (!sniffFormat(png.subarray(0, 32))?.readable) throw refused(file, item, 'the mask is not a picture');
  try {
    const image = sharp(png, { limitInputPixels: MOST_BYTES });
    const claimed = await image.metadata();
    if (claimed.width * claimed.height * claimed.channels > MOST_BYTES)
      throw new Error('It is larger than any mask.');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height, channels };
  } catch (cause) {
    throw refused(file, item, 'the picture of the mask cannot be read', cause);
  }
}
