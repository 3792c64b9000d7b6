/** @file Image files that a folder from anywhere may hold: whole ones of every kind, and ones that lie. Nothing of it is kept. */
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** A picture with structure, so that coders have something to code. */
export function picture(width = 48, height = 32, channels: 1 | 3 | 4 = 3): Sharp {
  const pixels = new Uint8Array(width * height * channels).map((_, i) => (i * 37 + (i >> 5) * 11) % 256);
  return sharp(pixels, { raw: { width, height, channels } });
}

/** Whole files, by what is particular about them. */
export async function wholeImages(): Promise<Record<string, Buffer>> {
  const makers: Record<string, () => Promise<Buffer>> = {
    'jpeg.jpg': () => picture().jpeg().toBuffer(),
    'progressive.jpg': () => picture().jpeg({ progressive: true }).toBuffer(),
    'grey.jpg': () => picture().greyscale().jpeg().toBuffer(),
    'cmyk.jpg': () => picture().toColourspace('cmyk').jpeg().toBuffer(),
    'png.png': () => picture().png().toBuffer(),
    'interlaced.png': () => picture().png({ progressive: true }).toBuffer(),
    '16 bit.png': () => picture().toColourspace('rgb16').png().toBuffer(),
    '16 bit grey.png': () => picture(48, 32, 1).toColourspace('grey16').png().toBuffer(),
    'palette.png': () => picture().png({ palette: true, colours: 16 }).toBuffer(),
    'alpha.png': () => picture(48, 32, 4).png().toBuffer(),
    'webp.webp': () => picture().webp().toBuffer(),
    'lossless.webp': () => picture(48, 32, 4).webp({ lossless: true }).toBuffer(),
    'tiff.tif': () => picture().tiff({ compression: 'none' }).toBuffer(),
    'lzw.tiff': () => picture(48, 32, 4).tiff({ compression: 'lzw' }).toBuffer(),
    'jpeg in tiff.tif': () => picture().tiff({ compression: 'jpeg' }).toBuffer(),
    'cmyk.tif': () => picture().toColourspace('cmyk').tiff({ compression: 'deflate' }).toBuffer(),
    '16 bit.tif': () =>
      picture().toColourspace('rgb16').tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer(),
    'tiled.tif': () =>
      picture(96, 80).tiff({ tile: true, tileWidth: 32, tileHeight: 32, pyramid: true }).toBuffer(),
    'gif.gif': () => picture().gif().toBuffer(),
    'avif.avif': () => picture().avif({ effort: 0 }).toBuffer(),
    'alpha.avif': () => picture(48, 32, 4).avif({ effort: 0, lossless: true }).toBuffer(),
    'moving.gif': () => moving((frames) => frames.gif({ delay: [50, 50, 50] })),
    'moving.webp': () => moving((frames) => frames.webp({ delay: [50, 50, 50] })),
    'one pixel.png': () => picture(1, 1).png().toBuffer(),
    'wide.png': async () => greyPng(30_000, 2),
    'high.png': async () => greyPng(2, 30_000),
    'wide.jpg': () => picture(30_000, 8).jpeg().toBuffer(),
  };
  for (let orientation = 1; orientation <= 8; orientation++)
    makers[`turned ${orientation}.jpg`] = () => picture().withMetadata({ orientation }).jpeg().toBuffer();
  const files = await Promise.all(
    Object.entries(makers).map(async ([name, make]) => [name, await make()] as const),
  );
  return Object.fromEntries(files);
}

async function moving(code: (frames: Sharp) => Sharp): Promise<Buffer> {
  const frames = await Promise.all([0, 90, 180].map((turn) => picture(24, 24).rotate(turn).png().toBuffer()));
  return code(sharp(frames, { join: { animated: true } })).toBuffer();
}

/** Files that are not what they say. Each has to be refused. */
export async function brokenImages(): Promise<Record<string, Buffer>> {
  const [jpeg, png, webp, tiff, gif, avif] = await Promise.all([
    picture(160, 120).jpeg().toBuffer(),
    picture(160, 120).png().toBuffer(),
    picture(160, 120).webp().toBuffer(),
    picture(160, 120).tiff({ compression: 'lzw' }).toBuffer(),
    picture(160, 120).gif().toBuffer(),
    picture(160, 120).avif({ effort: 0 }).toBuffer(),
  ]);
  const files: Record<string, Buffer> = {
    'zero.jpg': Buffer.alloc(0),
    'zeros.png': Buffer.alloc(5000),
    'text.jpg': Buffer.from('This is no image.'),
    'page.png': Buffer.from('<!doctype html><img src="file:///etc/passwd">'),
    'drawing.png': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"><image href="file:///etc/passwd"/></svg>',
    ),
    'entities.jpg': Buffer.from(
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>',
    ),
    'vast.png': pngWith(ihdr(40_000, 40_000, 8, 2), deflateSync(Buffer.alloc(1000))),
    'vast sides.png': pngWith(ihdr(0x7fffffff, 0x7fffffff, 16, 6), deflateSync(Buffer.alloc(10))),
    'no sides.png': pngWith(ihdr(0, 0, 8, 2), deflateSync(Buffer.alloc(10))),
    'vast.tif': withTiffSides(tiff, 200_000),
    'long chunk.png': withBytes(png, 33, [0x7f, 0xff, 0xff, 0xff]),
    'long box.avif': withBytes(avif, 0, [0x7f, 0xff, 0xff, 0xff]),
    'long riff.webp': withBytes(webp, 4, [0xff, 0xff, 0xff, 0x7f]),
  };
  for (const [kind, whole] of Object.entries({ jpeg, png, webp, tiff, gif, avif }))
    for (const share of [0.02, 0.3, 0.8])
      files[`cut ${kind} at ${share}.${kind}`] = whole.subarray(0, Math.floor(share * whole.length));
  return files;
}

/** Few bytes that unfold to many: within what an image may have, and so have to be read without losing all memory. */
export const bombs = (side: number): Record<string, Buffer> => ({
  'bomb.png': greyPng(side, side),
  'interlaced bomb.png': pngWith(
    ihdr(side, side, 8, 0, 1),
    deflateSync(Buffer.alloc(side * side + 4 * side)),
  ),
});

/** 8-bit grey, all black. */
export function greyPng(width: number, height: number): Buffer {
  return pngWith(ihdr(width, height, 8, 0), deflateSync(Buffer.alloc(height * (width + 1))));
}

function ihdr(width: number, height: number, depth: number, colour: number, interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlace], 8);
  return header;
}

function pngWith(header: Buffer, data: Buffer): Buffer {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export function withBytes(whole: Buffer, at: number, bytes: number[]): Buffer {
  const changed = Buffer.from(whole);
  changed.set(bytes, at);
  return changed;
}

/** The tags ImageWidth (256) and ImageLength (257) of the first directory. */
function withTiffSides(tiff: Buffer, side: number): Buffer {
  const changed = Buffer.from(tiff);
  const directory = changed.readUInt32LE(4);
  for (let i = 0; i < changed.readUInt16LE(directory); i++) {
    const entry = directory + 2 + 12 * i;
    if (![256, 257].includes(changed.readUInt16LE(entry))) continue;
    changed.writeUInt16LE(4, entry + 2);
    changed.writeUInt32LE(side, entry + 8);
  }
  return changed;
}
