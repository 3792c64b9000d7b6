/** @file Maskers that add noise: Gaussian and uniform, the same everywhere; Gaussian where a mask model says; categorical. */
import { entropyBits, entropyTable, type NoiseScale, sigmaOf } from '../../../contract/noiseMap';
import { categoricalBits, drawCategorical } from '../categorical';
import { strengthFor } from './strength';
import { ALL_BITS, type Masked, type Masker, type MaskerName, type Pictures } from './types';

/** Log-odds a of every pixel, [count, size, size] (contract/noiseMap). */
export type MapsOf = (pictures: Pictures) => Promise<Float32Array> | Float32Array;

const WIDEST = 128;

/** The same Gaussian noise at every pixel. */
export const gaussian: Masker = {
  name: 'gaussian',
  title: 'Gaussian noise',
  mask: (pictures, bits, random) => {
    const sigma = strengthFor(entropyBits, bits, [0.01, WIDEST]);
    const lost = new Float32Array(pictures.count * pictures.size ** 2).fill(entropyBits(sigma));
    return { view: pictures.values.map((value) => value + sigma * random.normal()), bits: lost };
  },
};

/** Entropy of a pixel that may be any of the whole numbers within the width of its value. */
export const uniformBits = (width: number): number => Math.min(Math.log2(2 * width + 1), ALL_BITS);

/** Uniform noise, the same at every pixel. */
export const uniform: Masker = {
  name: 'uniform',
  title: 'uniform noise',
  mask: (pictures, bits, random) => {
    const width = (2 ** bits - 1) / 2;
    const lost = new Float32Array(pictures.count * pictures.size ** 2).fill(uniformBits(width));
    return { view: pictures.values.map((value) => value + random.uniform(-width, width)), bits: lost };
  },
};

const LOWEST = -60;

/** sigma of every pixel in 8-bit steps, with so many bits in the mean of every image. */
function sigmasFor(
  logOdds: Float32Array,
  { count, size }: Pictures,
  scale: NoiseScale,
  bits: number,
  bitsOf: (q: number, pixel: number) => number,
): Float32Array {
  const sigmas = new Float32Array(logOdds.length);
  const pixels = size * size;
  for (let i = 0; i < count; i++) {
    const map = logOdds.subarray(i * pixels, (i + 1) * pixels);
    const q = (a: number, shift: number) => 1 / (1 + Math.exp(-(a + shift)));
    const meanBits = (shift: number) => {
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += bitsOf(q(map[p]!, shift), i * pixels + p);
      return sum / pixels;
    };
    const shift = strengthFor(meanBits, bits, [LOWEST, -LOWEST]);
    for (let p = 0; p < pixels; p++)
      sigmas[i * pixels + p] = sigmaOf(q(map[p]!, shift), scale) * scale.pixelScale;
  }
  return sigmas;
}

/** The paper's: Gaussian noise as a mask model distributes it. */
export const learned = (
  name: Extract<MaskerName, `learned-${string}`>,
  title: string,
  mapsOf: MapsOf,
  scale: NoiseScale,
): Masker => ({
  name,
  title,
  mask: async (pictures, bits, random): Promise<Masked> => {
    const table = entropyTable(scale);
    const sigmas = sigmasFor(await mapsOf(pictures), pictures, scale, bits, table);
    const view = pictures.values.map((value, i) => value + sigmas[Math.floor(i / 3)]! * random.normal());
    return { view, bits: sigmas.map(entropyBits) };
  },
});

/** The paper's other attempt: a categorical distribution over the 256 values of each pixel, here with the learned widths. */
export const categorical = (mapsOf: MapsOf, scale: NoiseScale): Masker => ({
  name: 'categorical',
  title: 'categorical over 256 values',
  mask: async (pictures, bits, random): Promise<Masked> => {
    const { values } = pictures;
    const bitsOf = (q: number, pixel: number) =>
      categoricalBits(values[pixel * 3 + 1]!, sigmaOf(q, scale) * scale.pixelScale);
    const sigmas = sigmasFor(await mapsOf(pictures), pictures, scale, bits, bitsOf);
    const view = values.map((value, i) => drawCategorical(value, sigmas[Math.floor(i / 3)]!, random));
    return { view, bits: sigmas.map((sigma, pixel) => categoricalBits(values[pixel * 3 + 1]!, sigma)) };
  },
});
