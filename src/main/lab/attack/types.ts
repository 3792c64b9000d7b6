/** Where a perturbation may go, and which way it goes there. */
export type Place = 'everywhere' | 'mask' | 'other' | 'gradient' | 'random';
export type Direction = 'noise' | 'sign';

/** One attack; lists by size hold one number a seed. */
export interface AttackRow {
  place: Place;
  direction: Direction;
  /** Share of images whose class changes, at each size. */
  flips: number[][];
  /** Mean over images of the least size that changes the class, in 8-bit steps; images that hold count as the largest. */
  least: number[];
}

export interface AttackReport {
  experiment: 'attack';
  seeds: number[];
  /** Images that the encoder names rightly; only those are attacked. */
  images: number;
  accuracy: number;
  /** Root mean square of the perturbation over all values of an image, in 8-bit steps. */
  sizes: number[];
  /** Share of the pixels that a sparse attack may change. */
  sparse: number;
  rows: AttackRow[];
  /** AUROC of the negative mask as a sign of the object. */
  objects: number[];
  pictures: { title: string; images: string[] }[];
}
