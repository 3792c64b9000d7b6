/** @file Text chunks of PNG files (PNG specification, 11.3.3.2 tEXt): keyword, zero, Latin-1 text. */
import { crc32 } from 'node:zlib';

const SIGNATURE_BYTES = 8;
/** Length, type and check sum around a chunk's data. */
const FRAME_BYTES = 12;

/** The same PNG with a text chunk right after its header. */
export function addPngText(png: Buffer, keyword: string, text: string): Buffer {
  const data = Buffer.from(`${keyword}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(data.length + FRAME_BYTES);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write('tEXt', 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  const after = SIGNATURE_BYTES + FRAME_BYTES + png.readUInt32BE(SIGNATURE_BYTES);
  return Buffer.concat([png.subarray(0, after), chunk, png.subarray(after)]);
}

/** The text of the first chunk with this keyword; null where there is none. */
export function readPngText(png: Buffer, keyword: string): string | null {
  let at = SIGNATURE_BYTES;
  while (at + FRAME_BYTES <= png.length) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    const end = data.indexOf(0);
    if (png.toString('latin1', at + 4, at + 8) === 'tEXt' && data.toString('latin1', 0, end) === keyword) {
      return data.toString('latin1', end + 1);
    }
    at += length + FRAME_BYTES;
  }
  return null;
}
