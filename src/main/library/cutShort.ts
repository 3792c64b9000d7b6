/** @file Whether a damaged image file simply ends too early, told from its bytes. */

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);
const START_OF_SCAN = 0xda;

/**
 * Whether the end that the file's format asks for is missing. The decoder's own message cannot be trusted to say so:
 * it keeps messages in one buffer for all threads, and another file's decoding may empty it.
 * @param format as `sniffFormat` names it; false for formats without a certain end (TIFF, AVIF)
 */
export function isCutShort(bytes: Buffer, format: string): boolean {
  switch (format) {
    case 'JPEG':
      return !bytes.includes(END_OF_JPEG, scanOf(bytes));
    case 'PNG':
      return !bytes.includes('IEND', 8, 'latin1');
    case 'WebP':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length;
    case 'GIF':
      return bytes.at(-1) !== 0x3b;
    default:
      return false;
  }
}

/**
 * Where a JPEG's own picture data starts; its end where it never does. Segments before it are stepped over, as their
 * thumbnail has an end of its own; in picture data 0xff is followed by 0, so that an end found there is the end.
 */
function scanOf(bytes: Buffer): number {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    if (bytes[at + 1] === START_OF_SCAN) return at;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return bytes.length;
}
