/** @file PNG with a palette (PNG specification, colour type 3): a pixel is a number, and the number is what readers get. */
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The colours of PASCAL VOC: bits of the number spread over red, green and blue, the lowest ones to the highest bits.
 * RGB bytes [256, 3].
 */
export const VOC_COLOURS = Uint8Array.from({ length: 256 * 3 }, (_, i) => {
  const [index, channel] = [Math.floor(i / 3), i % 3];
  let value = 0;
  for (let bit = 0; bit < 8; bit++) value |= ((index >> (3 * bit + channel)) & 1) << (7 - bit);
  return value;
});

/** @param indices bytes [height, width], each the number of a colour */
export function encodeIndexed(
  indices: Uint8Array,
  width: number,
  height: number,
  colours = VOC_COLOURS,
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, colour type 3; no interlacing.
  header.set([8, 3, 0, 0, 0], 8);
  // Every row begins with its filter: none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++)
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
