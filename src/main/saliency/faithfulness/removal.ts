/** @file Deletion and insertion (Petsiuk et al. 2018): what the encoder's answer does as pixels go, or come, by saliency. */
import { ascending } from '../scores/ranks';
import type { Pixels } from './answers';

/** The curve is taken at so many even steps, both ends included. */
const STEPS = 20;

/**
 * Versions of an image in which the most salient 0, 1/20 ... 20/20 of the pixels come from the other image.
 * @param saliency [height, width], larger = more important @param pixels [height, width, 3] @param other as pixels
 */
export function replacedBySaliency(saliency: Float32Array, pixels: Pixels, other: Pixels): Pixels[] {
  const order = ascending(saliency);
  const count = order.length;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const version = pixels.slice();
    for (let i = count - Math.round((step * count) / STEPS); i < count; i++) {
      const at = 3 * order[i]!;
      version.set(other.subarray(at, at + 3), at);
    }
    return version;
  });
}

/** Area under a curve over [0, 1] by the trapezoid rule. @param values at even steps, both ends included */
export function areaUnder(values: number[]): number {
  const inner = values.slice(1, -1).reduce((sum, value) => sum + value, 0);
  return (inner + (values[0]! + values.at(-1)!) / 2) / (values.length - 1);
}
