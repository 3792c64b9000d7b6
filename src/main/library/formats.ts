/** @file Which files count as images, by name while scanning and by their first bytes while decoding. */

/** Accepted extensions, lower case. A file's content decides its format; the extension only says "look at it". */
const IMAGE_EXTENSIONS = new Set(['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'tif', 'tiff', 'gif', 'avif']);

/** Pictures the decoder has no reader for: listed as unreadable, so that nobody wonders where they went. */
const FOREIGN_EXTENSIONS = new Set(['bmp', 'heic', 'heif', 'jxl', 'jp2', 'psd', 'dng', 'cr2', 'nef', 'arw']);

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** Whether a scan looks at a file of this name: images, and pictures in formats that cannot be read. */
export function looksLikeImage(name: string): boolean {
  const extension = extensionOf(name);
  return IMAGE_EXTENSIONS.has(extension) || FOREIGN_EXTENSIONS.has(extension);
}

type Signature = { format: string; readable: boolean; matches: (head: Buffer) => boolean };

const starts = (...bytes: number[]) => {
  const prefix = Buffer.from(bytes);
  return (head: Buffer) => head.subarray(0, prefix.length).equals(prefix);
};
const text = (at: number, word: string) => (head: Buffer) =>
  head.toString('latin1', at, at + word.length) === word;
/** ISO base media files (AVIF, HEIC) name their brands after "ftyp". */
const brand = (pattern: RegExp) => (head: Buffer) =>
  text(4, 'ftyp')(head) && pattern.test(head.toString('latin1', 8, 32));

const SIGNATURES: Signature[] = [
  { format: 'JPEG', readable: true, matches: starts(0xff, 0xd8, 0xff) },
  { format: 'PNG', readable: true, matches: starts(0x89, 0x50, 0x4e, 0x47) },
  { format: 'GIF', readable: true, matches: text(0, 'GIF8') },
  { format: 'WebP', readable: true, matches: (head) => text(0, 'RIFF')(head) && text(8, 'WEBP')(head) },
  { format: 'TIFF', readable: true, matches: starts(0x49, 0x49, 0x2a, 0) },
  { format: 'TIFF', readable: true, matches: starts(0x4d, 0x4d, 0, 0x2a) },
  { format: 'TIFF', readable: true, matches: starts(0x49, 0x49, 0x2b, 0) },
  { format: 'TIFF', readable: true, matches: starts(0x4d, 0x4d, 0, 0x2b) },
  { format: 'AVIF', readable: true, matches: brand(/avi[fs]/) },
  { format: 'HEIC', readable: false, matches: brand(/hei[cx]|hev[cx]|mif1|msf1/) },
  { format: 'BMP', readable: false, matches: text(0, 'BM') },
  { format: 'JPEG XL', readable: false, matches: starts(0xff, 0x0a) },
  { format: 'JPEG XL', readable: false, matches: text(4, 'JXL ') },
  { format: 'JPEG 2000', readable: false, matches: text(4, 'jP  ') },
  { format: 'Photoshop', readable: false, matches: text(0, '8BPS') },
];

/** The format by the file's first bytes (32 are enough); null: none that we know, whatever the name says. */
export function sniffFormat(head: Buffer): { format: string; readable: boolean } | null {
  return SIGNATURES.find(({ matches }) => matches(head)) ?? null;
}
