import type { MaskerName } from '../../noise/maskers/types';

/** One masker; lists hold one entry a seed. */
export interface MaskerRow {
  name: MaskerName;
  title: string;
  /**
   * How far the mask of an image follows that image's object, |AUROC - 1/2|, less the same for the object of another image: 0 is
   * chance. Every image of every seed.
   */
  semantic: number[];
  /** AUROC of lost bits as a sign of the object, the mean over images: above 1/2 objects are hidden, below surroundings. */
  objects: number[];
  /** Share of the variance of lost bits that lies within patches of a MAE: 0 for patches. */
  fineness: number[];
  /** At each strength: bits lost as counted, and bits that a trained reader names of a pixel of four bits. */
  lost: number[][];
  read: number[][];
  /** Share of images whose class the encoder still says, at each strength. */
  accuracy: number[][];
}

/** How a mask's gradient comes about: by reparameterisation, or through 256 values at a temperature. */
export interface GradientRow {
  title: string;
  /** Variance of the gradient over draws of the noise, relative to its squared length; one entry a seed. */
  variance: number[];
  /** Cosine of its mean with that of reparameterised Gaussian noise. */
  direction: number[];
  /** Variance of the noise that reaches the encoder, relative to what sigma says. */
  added: number[];
}

export interface MaskersReport {
  experiment: 'maskers';
  seeds: number[];
  size: number;
  testImages: number;
  /** Of the encoder on clean test images. */
  accuracy: number;
  /** Bits of eight that every masker takes, in the mean. */
  strengths: number[];
  /** Bits of a pixel's value that a reader is asked for. */
  sourceBits: number;
  rows: MaskerRow[];
  gradients: GradientRow[];
  pictures: { bits: number; originals: string[]; masked: { title: string; images: string[] }[] };
}
