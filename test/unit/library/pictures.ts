/** @file Pictures for tests: four corners of known colours, so that turning and mirroring can be told apart. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

type Colour = [number, number, number];
export const RED: Colour = [220, 40, 40];
export const GREEN: Colour = [40, 200, 40];
export const BLUE: Colour = [40, 40, 220];
export const GREY: Colour = [128, 128, 128];

/** Upright: 48 wide, 32 high; red top left, green top right, blue below, each a quarter or two. */
export function cornersPixels(): Uint8Array {
  const rgb = new Uint8Array(48 * 32 * 3);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 48; x++) rgb.set(y >= 16 ? BLUE : x < 24 ? RED : GREEN, 3 * (y * 48 + x));
  }
  return rgb;
}

export const corners = (): Sharp => sharp(cornersPixels(), { raw: { width: 48, height: 32, channels: 3 } });

/**
 * Where the stored picture's row 0 and column 0 are seen, by EXIF 2.32, tag 0x0112. From 5 on, stored rows are seen
 * as columns.
 */
const SEEN: Record<
  number,
  [row: 'top' | 'bottom' | 'left' | 'right', column: 'top' | 'bottom' | 'left' | 'right']
> = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
};

/** A JPEG stored turned or mirrored, whose tag says how to show it upright. */
export function oriented(orientation: number): Promise<Buffer> {
  const upright = cornersPixels();
  const [row, column] = SEEN[orientation]!;
  const sideways = orientation >= 5;
  const [width, height] = sideways ? [32, 48] : [48, 32];
  const stored = new Uint8Array(upright.length);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const across = sideways ? r : c;
      const down = sideways ? c : r;
      const x = row === 'right' || column === 'right' ? 47 - across : across;
      const y = row === 'bottom' || column === 'bottom' ? 31 - down : down;
      stored.set(upright.subarray(3 * (y * 48 + x), 3 * (y * 48 + x) + 3), 3 * (r * width + c));
    }
  }
  return sharp(stored, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** Mean colours of three patches: top left, top right, bottom. */
export function patches(rgb: Uint8Array, width: number, height: number): Colour[] {
  const at = (x: number, y: number): Colour => {
    const i = 3 * (Math.floor(y * height) * width + Math.floor(x * width));
    return [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
  };
  return [at(0.2, 0.2), at(0.8, 0.2), at(0.5, 0.8)];
}

export function put(folder: string, path: string, content: Uint8Array | string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A photograph-like picture that does not compress to nothing, so that half of its bytes is half of the picture. */
export function noisyJpeg(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 50 };
  return sharp({ create: { width: 160, height: 120, channels: 3, background: 'red', noise } })
    .jpeg()
    .toBuffer();
}
