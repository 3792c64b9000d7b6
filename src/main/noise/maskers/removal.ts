/** @file Maskers that take whole pixels away: patches (MAE), blocks (BEiT), parts (SemMAE), single pixels (denoising autoencoder). */
import type { Random } from '../random';
import { ALL_BITS, type Masked, type Masker, type Pictures } from './types';

/** Patches along a side: as 16 px patches of a 224 px image, about. */
export const GRID = 16;
/** Of BEiT: a block has at least 16 of 196 patches, and a side at most 1 / 0.3 of the other. */
const LEAST_BLOCK = Math.round((16 / 196) * GRID * GRID);
const LEAST_ASPECT = 0.3;
const BLOCK_TRIES = 10_000;

/** Whole numbers whose mean is the wanted one. */
const rounded = (wanted: number, random: Random): number => Math.floor(wanted + random.uniform());

/** @param hidden 1 where a pixel goes, [count, size, size] */
export function removed({ values, fill }: Pictures, hidden: Uint8Array): Masked {
  const view = Float32Array.from(values);
  for (let i = 0; i < hidden.length; i++)
    if (hidden[i]) for (let c = 0; c < 3; c++) view[i * 3 + c] = fill[c]!;
  return { view, bits: Float32Array.from(hidden, (one) => one * ALL_BITS) };
}

/** Hides patches of every image. @param choose which of the GRID x GRID patches of image i, given how many */
function byPatches(
  pictures: Pictures,
  bits: number,
  random: Random,
  choose: (count: number, image: number) => Uint8Array,
): Masked {
  const { count, size } = pictures;
  const hidden = new Uint8Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const patches = choose(rounded((bits / ALL_BITS) * GRID * GRID, random), i);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const patch = Math.floor((y * GRID) / size) * GRID + Math.floor((x * GRID) / size);
        hidden[(i * size + y) * size + x] = patches[patch]!;
      }
  }
  return removed(pictures, hidden);
}

/** MAE (He et al. 2022): patches at random. */
export const mae: Masker = {
  name: 'mae',
  title: 'MAE: random patches',
  mask: (pictures, bits, random) =>
    byPatches(pictures, bits, random, (count) => randomPatches(count, random)),
};

export function randomPatches(count: number, random: Random): Uint8Array {
  const patches = new Uint8Array(GRID * GRID);
  for (const at of random.permutation(GRID * GRID).subarray(0, count)) patches[at] = 1;
  return patches;
}

/** BEiT (Bao et al. 2021): blocks of patches at random, until there are enough. */
export const beit: Masker = {
  name: 'beit',
  title: 'BEiT: blocks of patches',
  mask: (pictures, bits, random) => byPatches(pictures, bits, random, (count) => randomBlocks(count, random)),
};

/** Area uniform from the least block up, aspect log-uniform in [0.3, 1 / 0.3]; the last block fills up what is missing. */
export function randomBlocks(count: number, random: Random): Uint8Array {
  const patches = new Uint8Array(GRID * GRID);
  let missing = count;
  for (let tries = 0; missing > 0 && tries < BLOCK_TRIES; tries++) {
    const area = random.uniform(Math.min(LEAST_BLOCK, missing), Math.max(LEAST_BLOCK, missing));
    const aspect = Math.exp(random.uniform(Math.log(LEAST_ASPECT), -Math.log(LEAST_ASPECT)));
    const height = Math.min(GRID, Math.max(1, Math.round(Math.sqrt(area * aspect))));
    const width = Math.min(GRID, Math.max(1, Math.round(Math.sqrt(area / aspect))));
    const [top, left] = [random.below(GRID - height + 1), random.below(GRID - width + 1)];
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width && missing > 0; x++)
        if (!patches[y * GRID + x]) {
          patches[y * GRID + x] = 1;
          missing--;
        }
  }
  return patches;
}

/**
 * SemMAE (Li et al. 2022): parts of an image, found by clustering an encoder's features. Early in training patches go from within
 * every part alike, later whole parts go.
 * @param partsOf the part of every patch, [count, GRID x GRID] @param within lambda: share of the patches that goes from all parts alike
 */
export const semmae = (
  partsOf: (pictures: Pictures) => Promise<Uint8Array> | Uint8Array,
  within = 0,
): Masker => ({
  name: 'semmae',
  title: 'SemMAE: parts',
  mask: async (pictures, bits, random) => {
    const parts = await partsOf(pictures);
    return byPatches(pictures, bits, random, (count, i) =>
      partPatches(parts.subarray(i * GRID * GRID, (i + 1) * GRID * GRID), count, within, random),
    );
  },
});

/** lambda of an epoch, counted from 0. */
export const withinParts = (epoch: number, epochs: number): number => 1 - ((epoch + 1) / epochs) ** 2;

export function partPatches(parts: Uint8Array, count: number, within: number, random: Random): Uint8Array {
  const order = random.permutation(parts.length);
  const inParts = [...random.permutation(Math.max(...parts) + 1)].map((part) =>
    [...order].filter((at) => parts[at] === part),
  );
  const alike = Math.min(within, 1) * (count / parts.length);
  const first = inParts.flatMap((patches) => patches.slice(0, Math.round(alike * patches.length)));
  const taken = new Set(first);
  const rest = inParts.flat().filter((at) => !taken.has(at));
  const patches = new Uint8Array(parts.length);
  for (const at of [...first, ...rest].slice(0, count)) patches[at] = 1;
  return patches;
}

/** Denoising autoencoder (Vincent et al. 2010): every pixel by itself, with a probability. */
export const zeroing: Masker = {
  name: 'zeroing',
  title: 'zeroed pixels',
  mask: (pictures, bits, random) => {
    const hidden = new Uint8Array(pictures.count * pictures.size ** 2);
    return removed(
      pictures,
      hidden.map(() => Number(random.uniform() < bits / ALL_BITS)),
    );
  },
};

/** The same, but a pixel becomes black or white. */
export const saltAndPepper: Masker = {
  name: 'salt-and-pepper',
  title: 'salt and pepper',
  mask: (pictures, bits, random) => {
    const { view, bits: lost } = zeroing.mask(pictures, bits, random) as Masked;
    for (let i = 0; i < lost.length; i++)
      if (lost[i]! > 0) view.fill(random.uniform() < 0.5 ? 0 : 255, i * 3, i * 3 + 3);
    return { view, bits: lost };
  },
};
