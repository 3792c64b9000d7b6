/** One way to hide a pixel, at one strength; measured lists hold one number a seed. */
export interface MonotonePoint {
  /** sigma, in deviations of the source; or the factor m of a mask. */
  strength: number;
  /** Mutual information between the pixel and what is left of it, in bits, computed. */
  bits: number;
  /** Lower bound that a trained decoder gives: entropy of the source less its cross entropy on new pixels. */
  measuredBits: number[];
  /** Share of new pixels that the decoder reads right, and the best share possible. */
  accuracy: number[];
  bestAccuracy: number;
}

export interface MonotoneReport {
  experiment: 'monotone';
  seeds: number[];
  steps: number;
  /** Values a pixel can have, all equally likely. */
  levels: number;
  noise: (MonotonePoint & {
    /** 1/2 log2(1 + 1/sigma^2): a Gaussian source of the same deviation. */
    gaussianBits: number;
  })[];
  mask: MonotonePoint[];
  /** The mask's result rounded to 8-bit steps. */
  quantised: MonotonePoint[];
}
