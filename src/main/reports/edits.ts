/** @file What interventions do to pictures. Pictures are RGB bytes [size, size, 3] and are never written to. */
import type { Random } from '../noise/random';
import { areaOf, dilated } from './boxes';
import type { Box } from './types';

/** The picture with the box replaced by the donor's content of `from` (by default the same place), of equal size. */
export function transplanted(
  picture: Uint8Array,
  donor: Uint8Array,
  box: Box,
  size: number,
  from: Pick<Box, 'x' | 'y'> = box,
): Uint8Array {
  // A copy also where the picture is a Buffer, whose slice shares its memory.
  const result = new Uint8Array(picture);
  for (let row = 0; row < box.height; row++) {
    const source = ((from.y + row) * size + from.x) * 3;
    result.set(donor.subarray(source, source + box.width * 3), ((box.y + row) * size + box.x) * 3);
  }
  return result;
}

/** The picture where the mask is 1, the ground elsewhere. */
export function composed(picture: Uint8Array, mask: Uint8Array, ground: Uint8Array): Uint8Array {
  const result = new Uint8Array(ground);
  mask.forEach((inside, p) => {
    if (inside) result.set(picture.subarray(p * 3, p * 3 + 3), p * 3);
  });
  return result;
}

/** How many shifts are tried when a hole is filled. */
const SHIFTS = 60;

/**
 * The picture with the hole filled from the picture itself: shifted by the offset that brings the least of the hole, and
 * of what lies beyond the borders, into it; what is left is filled from its rows' and columns' nearest known pixels.
 */
export function filled(picture: Uint8Array, hole: Uint8Array, size: number, random: Random): Uint8Array {
  const places = [...hole.keys()].filter((p) => hole[p] === 1);
  let best: [number, number] = [0, 0];
  let most = -1;
  for (let attempt = 0; attempt < SHIFTS && most < places.length; attempt++) {
    const shift: [number, number] = [
      random.below(2 * size - 1) - size + 1,
      random.below(2 * size - 1) - size + 1,
    ];
    let known = 0;
    for (let i = 0; i < places.length; i += 3) if (source(places[i]!, shift, hole, size) >= 0) known += 3;
    if (known > most) [best, most] = [shift, known];
  }
  // A copy also where the picture is a Buffer, whose slice shares its memory.
  const result = new Uint8Array(picture);
  const rest: number[] = [];
  for (const p of places) {
    const from = source(p, best, hole, size);
    if (from < 0) rest.push(p);
    else result.set(picture.subarray(from * 3, from * 3 + 3), p * 3);
  }
  for (const p of rest) {
    const from = nearestKnown(p, hole, size);
    if (from >= 0) result.set(picture.subarray(from * 3, from * 3 + 3), p * 3);
  }
  return result;
}

/** The known pixel that the shift brings to p; -1 where there is none. */
function source(p: number, [dx, dy]: [number, number], hole: Uint8Array, size: number): number {
  const x = (p % size) + dx;
  const y = Math.floor(p / size) + dy;
  if (x < 0 || y < 0 || x >= size || y >= size) return -1;
  const from = y * size + x;
  return hole[from] ? -1 : from;
}

function nearestKnown(p: number, hole: Uint8Array, size: number): number {
  const x = p % size;
  const y = Math.floor(p / size);
  for (let reach = 1; reach < size; reach++)
    for (const [i, j] of [
      [x - reach, y],
      [x + reach, y],
      [x, y - reach],
      [x, y + reach],
    ] as const)
      if (i >= 0 && j >= 0 && i < size && j < size && !hole[j * size + i]) return j * size + i;
  return -1;
}

/** The share of the picture that stands in for the object where nobody drew it. */
const HOT_SHARE = 0.25;

/** 1 on the hottest quarter of a map: what stands in for the object where nobody drew it. */
export function hottest(kept: Float32Array, share = HOT_SHARE): Uint8Array {
  const sorted = Float32Array.from(kept).sort();
  const least = sorted[Math.floor((1 - share) * (sorted.length - 1))]!;
  return Uint8Array.from(kept, (value) => Number(value > least));
}

/** An object's mask with a margin, so that neither its edge nor its shadow is left behind; null if it covers too much to be moved. */
export function withMargin(mask: Uint8Array, size: number): Uint8Array | null {
  const wide = dilated(mask, size, Math.max(1, Math.round(size * 0.03)));
  const share = areaOf(wide) / wide.length;
  return share > 0 && share < 0.75 ? wide : null;
}
