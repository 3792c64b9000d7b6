/** @file Images that are nearly the same although they are of different classes or splits: a leak, or a wrong label. */
import { boxSums } from './boxes';

/** A difference hash of 64 bits (Krawetz 2013), and small colours to tell pictures apart that merely have the same gradients. */
export interface Fingerprint {
  id: number;
  className: string | null;
  split: string | null;
  hash: [high: number, low: number];
  colours: Float32Array;
}

export interface NearDuplicate {
  images: [number, number];
  distance: number;
  across: 'classes' | 'splits' | 'both';
}

const COLUMNS = 9;
const ROWS = 8;
const MOST_BITS = 6;
/** Mean difference of colours, in 8-bit steps. */
const MOST_COLOUR = 10;
/** More pairs than a person would look through. */
const MOST_PAIRS = 200;

/** @param pixels RGB bytes [size, size, 3] */
export function fingerprintOf(
  { id, className, split }: Pick<Fingerprint, 'id' | 'className' | 'split'>,
  pixels: Uint8Array,
  size: number,
): Fingerprint {
  const colours = new Float32Array(COLUMNS * ROWS * 3);
  for (let channel = 0; channel < 3; channel++) {
    const plane = Float32Array.from({ length: size * size }, (_, p) => pixels[p * 3 + channel]!);
    const sum = boxSums(plane, size);
    for (let row = 0; row < ROWS; row++)
      for (let column = 0; column < COLUMNS; column++) {
        const x = Math.floor((column * size) / COLUMNS);
        const y = Math.floor((row * size) / ROWS);
        const width = Math.max(1, Math.floor(((column + 1) * size) / COLUMNS) - x);
        const height = Math.max(1, Math.floor(((row + 1) * size) / ROWS) - y);
        colours[(row * COLUMNS + column) * 3 + channel] = sum({ x, y, width, height }) / (width * height);
      }
  }
  const grey = (row: number, column: number) => {
    const at = (row * COLUMNS + column) * 3;
    return 0.299 * colours[at]! + 0.587 * colours[at + 1]! + 0.114 * colours[at + 2]!;
  };
  const hash: [number, number] = [0, 0];
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS - 1; column++) {
      const half = row < ROWS / 2 ? 0 : 1;
      hash[half] = (hash[half] << 1) | Number(grey(row, column) > grey(row, column + 1));
    }
  return { id, className, split, hash, colours };
}

/** Pairs of different classes or splits, the most alike first. */
export function nearDuplicates(prints: Fingerprint[]): NearDuplicate[] {
  const pairs: NearDuplicate[] = [];
  for (let i = 0; i < prints.length; i++)
    for (let j = i + 1; j < prints.length; j++) {
      const [a, b] = [prints[i]!, prints[j]!];
      const classes = a.className !== null && b.className !== null && a.className !== b.className;
      const splits = a.split !== b.split;
      if (!classes && !splits) continue;
      const distance = bits(a.hash[0] ^ b.hash[0]) + bits(a.hash[1] ^ b.hash[1]);
      if (distance > MOST_BITS || colourDifference(a, b) > MOST_COLOUR) continue;
      const across = classes && splits ? 'both' : classes ? 'classes' : 'splits';
      pairs.push({ images: [a.id, b.id], distance, across });
    }
  return pairs.sort((a, b) => a.distance - b.distance).slice(0, MOST_PAIRS);
}

function colourDifference(a: Fingerprint, b: Fingerprint): number {
  let sum = 0;
  for (let i = 0; i < a.colours.length; i++) sum += Math.abs(a.colours[i]! - b.colours[i]!);
  return sum / a.colours.length;
}

/** How many bits are set. */
function bits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
