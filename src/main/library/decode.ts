/** @file From an image file to sRGB bytes: oriented by its EXIF tag, 8 bit, without alpha, first frame only. */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { PenumbraError } from '../../contract/errors';
import { isCutShort } from './cutShort';
import { sniffFormat } from './formats';
import { Portions } from './portions';

// Callers decode several files at once, which keeps the processor busier than several threads on one small image;
// operations are never repeated, so the cache would only hold memory.
sharp.concurrency(1);
sharp.cache(false);

/** 16,384 x 16,384: a decoded image of this size is 0.8 GB. */
const MAX_PIXELS = 268_435_456;
const MAX_BYTES = 2 ** 30;
/**
 * Decoded at the same time, at most (a single image may be larger): some files claim many pixels in few bytes, and many of
 * them may lie in one folder.
 */
const decoding = new Portions(2 ** 29);
/** Behind transparent pixels: the middle of the range is the least telling colour for a network. */
const BEHIND_ALPHA = '#808080';

/**
 * RGB bytes [size, size, 3], stretched to the square so that every pixel of the image gets a map value.
 * @param hash of the content that is meant, where it is known
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_CHANGED
 */
export async function decodeSquare(file: string, size: number, hash?: string): Promise<Uint8Array> {
  const bytes = await readImageFile(file, { hash });
  return decoded(file, bytes, async (_, image) => (await rgb(image.resize(size, size, { fit: 'fill' }))).rgb);
}

/**
 * The whole image at its own size after orientation: `rgb` is [height, width, 3].
 * @param hash of the content that is meant, where it is known
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_CHANGED
 */
export async function decodeFull(
  file: string,
  hash?: string,
): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const bytes = await readImageFile(file, { hash });
  return decoded(file, bytes, (_, image) => rgb(image));
}

/**
 * Width and height after orientation, without decoding.
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE
 */
export async function sizeOf(file: string): Promise<{ width: number; height: number }> {
  const bytes = await readImageFile(file);
  return asImageError(file, bytes, async () => (await openImage(bytes).metadata()).autoOrient);
}

/**
 * An object's mask, stretched as its image is: 1 where the file is brighter than the middle, [size, size].
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE
 */
export async function decodeObject(file: string, size: number): Promise<Uint8Array> {
  const bytes = await readImageFile(file);
  return decoded(file, bytes, async (_, image) => {
    const { data, info } = await image
      .resize(size, size, { fit: 'fill', kernel: 'nearest' })
      .flatten({ background: '#000000' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return Uint8Array.from({ length: size * size }, (_, i) => Number(data[i * info.channels]! > 127));
  });
}

/** Up to here a lossless view is quick to make; beyond it a JPEG of high quality is shown. */
const LOSSLESS_PIXELS = 1_048_576;

/**
 * The image to look at, oriented and without alpha; no side is longer than `longest`, and small images stay small.
 * @param hash of the content that is meant
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_CHANGED
 */
export async function viewOf(
  file: string,
  longest: number | null,
  hash: string,
): Promise<{ type: 'image/webp' | 'image/jpeg'; bytes: Uint8Array }> {
  const source = await readImageFile(file, { hash });
  return decoded(file, source, async ({ autoOrient }, opened) => {
    const scale = longest ? Math.min(1, longest / Math.max(autoOrient.width, autoOrient.height)) : 1;
    const inside = { fit: 'inside', withoutEnlargement: true } as const;
    const image = (longest ? opened.resize(longest, longest, inside) : opened)
      .flatten({ background: BEHIND_ALPHA })
      .toColourspace('srgb');
    return autoOrient.width * autoOrient.height * scale * scale <= LOSSLESS_PIXELS
      ? { type: 'image/webp', bytes: await image.webp({ lossless: true, effort: 1 }).toBuffer() }
      : {
          type: 'image/jpeg',
          bytes: await image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
        };
  });
}

/**
 * Size after orientation, and a WebP whose longest side is at most `longest`; decodes every pixel, so that a damaged
 * file is found now and not while training.
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE
 */
export async function thumbnailOf(
  file: string,
  bytes: Buffer,
  longest: number,
): Promise<{ width: number; height: number; thumbnail: Uint8Array }> {
  return decoded(file, bytes, async ({ autoOrient }, image) => {
    const thumbnail = await image
      .resize(longest, longest, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: BEHIND_ALPHA })
      .toColourspace('srgb')
      .webp({ quality: 80, effort: 2 })
      .toBuffer();
    // A copy: what libvips hands over keeps ten times its length, unseen by the garbage collector, for as long as it is held.
    return { width: autoOrient.width, height: autoOrient.height, thumbnail: Uint8Array.from(thumbnail) };
  });
}

/**
 * The file's bytes, once its first bytes have been seen to be an image we can read.
 * @param hash of the content that is meant, where it is known
 * @param found what is known of the file already
 * @throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_CHANGED
 */
export async function readImageFile(
  file: string,
  { hash, found = null }: { hash?: string; found?: Stats | null } = {},
): Promise<Buffer> {
  const name = basename(file);
  const bytes = await asImageError(file, null, async () => {
    const { size } = found ?? (await stat(file));
    if (size > MAX_BYTES) {
      throw new PenumbraError(
        'IMAGE_TOO_LARGE',
        `"${name}" is larger than 1 GB; save it with fewer pixels or stronger compression.`,
      );
    }
    return readFile(file);
  });
  if (bytes.length === 0) throw unreadable(name, 'the file is empty');
  const known = sniffFormat(bytes.subarray(0, 32));
  if (!known) throw unreadable(name, 'its content is not an image in a known format');
  if (!known.readable) {
    throw unreadable(name, `${known.format} files are not supported; convert it to PNG or JPEG`);
  }
  if (hash !== undefined && hashOf(bytes) !== hash)
    throw new PenumbraError(
      'IMAGE_CHANGED',
      `"${name}" has changed since it was scanned; look for new images in the folder, then compute its maps again.`,
    );
  return bytes;
}

/** SHA-256 of a file's content, hex. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Decodes when its turn has come, by the size that the file claims. */
function decoded<T>(
  file: string,
  bytes: Buffer,
  work: (claimed: Metadata, image: Sharp) => Promise<T>,
): Promise<T> {
  return asImageError(file, bytes, async () => {
    const image = openImage(bytes);
    const claimed = await image.metadata();
    const { width, height, channels, depth } = claimed;
    const bytesPerSample =
      depth === 'uchar' || depth === 'char' ? 1 : depth === 'ushort' || depth === 'short' ? 2 : 4;
    return decoding.run(width * height * channels * bytesPerSample, () => work(claimed, image));
  });
}

function openImage(bytes: Buffer): Sharp {
  // 'error' refuses truncated and damaged data, but not files with harmless oddities in their metadata.
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).autoOrient();
}

async function rgb(image: Sharp): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const { data, info } = await image
    .flatten({ background: BEHIND_ALPHA })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** @param bytes the file's, where they could be read */
async function asImageError<T>(file: string, bytes: Buffer | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PenumbraError) throw error;
    const name = basename(file);
    const message = error instanceof Error ? error.message : String(error);
    if (/exceeds pixel limit/i.test(message)) {
      throw new PenumbraError(
        'IMAGE_TOO_LARGE',
        `"${name}" has more than 268 million pixels; make it smaller.`,
        { cause: error },
      );
    }
    throw unreadable(name, reasonFor(error, message, bytes), error);
  }
}

const FILE_REASONS: Record<string, string> = {
  ENOENT: 'the file does not exist any more',
  EACCES: 'you have no permission to read the file',
  EPERM: 'you have no permission to read the file',
  EISDIR: 'it is a folder, not a file',
  EIO: 'the disk reports a read error',
};

function reasonFor(error: unknown, message: string, bytes: Buffer | null): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code && FILE_REASONS[code]) return FILE_REASONS[code];
  if (bytes && isCutShort(bytes, sniffFormat(bytes.subarray(0, 32))?.format ?? '')) {
    return 'the file is truncated; copy it again from its source';
  }
  return `its data is damaged (${message.split('\n')[0]!.replace(/^Input buffer has corrupt header: /, '')})`;
}

function unreadable(name: string, reason: string, cause?: unknown): PenumbraError {
  return new PenumbraError('IMAGE_UNREADABLE', `"${name}" cannot be read: ${reason}.`, { cause });
}
