/** @file SimCLR's augmentations of one image: part of it, at the full size again; mirrored; in other colours. */
import type { Normalisation } from '../../models/spec';
import type { Random } from '../../noise/random';

/** Smallest part of the image's area a crop may have: smaller ones often miss the object. */
const LEAST_AREA = 0.4;
const JITTER = 0.4;
const GREY_SHARE = 0.15;

/** Writes an augmented view of pixels [size, size, 3] to `out`, in normalised units. */
export function augment(
  pixels: Uint8Array,
  size: number,
  { mean, std }: Normalisation,
  random: Random,
  out: Float32Array,
): void {
  const side = size * Math.sqrt(random.uniform(LEAST_AREA, 1));
  const left = random.uniform(0, size - side);
  const top = random.uniform(0, size - side);
  const flipped = random.uniform() < 0.5;
  const grey = random.uniform() < GREY_SHARE;
  const contrast = random.uniform(1 - JITTER, 1 + JITTER);
  const gains = [0, 1, 2].map(() => contrast * random.uniform(1 - JITTER / 2, 1 + JITTER / 2));
  const offset = random.uniform(-JITTER, JITTER);
  const colour = [0, 0, 0];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const across = flipped ? size - 1 - x : x;
      sample(
        pixels,
        size,
        left + ((across + 0.5) * side) / size - 0.5,
        top + ((y + 0.5) * side) / size - 0.5,
        colour,
      );
      const average = (colour[0]! + colour[1]! + colour[2]!) / 3;
      for (let c = 0; c < 3; c++) {
        const value = grey ? average : colour[c]!;
        out[(y * size + x) * 3 + c] = ((value - mean[c]!) / std) * gains[c]! + offset;
      }
    }
}

/** Bilinear, clamped to the edges. */
function sample(pixels: Uint8Array, size: number, x: number, y: number, out: number[]): void {
  const column = Math.min(Math.max(x, 0), size - 1);
  const row = Math.min(Math.max(y, 0), size - 1);
  const x0 = Math.floor(column);
  const y0 = Math.floor(row);
  const x1 = Math.min(x0 + 1, size - 1);
  const y1 = Math.min(y0 + 1, size - 1);
  const fx = column - x0;
  const fy = row - y0;
  for (let c = 0; c < 3; c++) {
    const at = (r: number, k: number) => pixels[(r * size + k) * 3 + c]!;
    const upper = at(y0, x0) * (1 - fx) + at(y0, x1) * fx;
    const lower = at(y1, x0) * (1 - fx) + at(y1, x1) * fx;
    out[c] = upper * (1 - fy) + lower * fy;
  }
}
