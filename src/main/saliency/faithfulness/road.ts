/**
 * @file Remove and debias (Rong et al. 2022): removed pixels are filled in from their surroundings, so that neither the
 * fill's colour nor the shape of what was removed tells the encoder anything.
 */
import type { Random } from '../../noise/random';
import { ascending } from '../scores/ranks';
import type { Pixels } from './answers';

/** Shares of the pixels that are removed. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const DIRECT = 1 / 6;
const DIAGONAL = 1 / 12;
/** Deviation of the noise added to a filled pixel, in normalised units. */
const NOISE = 0.01;
/** Successive over-relaxation; on images of a hundred pixels it is done in a few dozen sweeps. */
const RELAXATION = 1.8;
const SWEEPS = 400;
const CLOSE = 1e-4;

const NEIGHBOURS = [-1, 0, 1]
  .flatMap((dy) => [-1, 0, 1].map((dx) => ({ dy, dx, weight: dy === 0 || dx === 0 ? DIRECT : DIAGONAL })))
  .filter(({ dy, dx }) => dy !== 0 || dx !== 0);

/**
 * Every removed pixel becomes the weighted mean of its neighbours (direct 1/6, diagonal 1/12; at the edge those that
 * exist), removed ones included: the solution of a linear system. Then a little noise.
 * @param pixels [height, width, 3] @param removed 1 where removed
 */
export function impute(
  pixels: Pixels,
  removed: Uint8Array,
  [height, width]: [number, number],
  random: Random,
): Pixels {
  const filled = pixels.slice();
  const places: number[] = [];
  for (let i = 0; i < removed.length; i++) if (removed[i]) places.push(i);
  if (places.length === 0 || places.length === removed.length)
    return filled.map((v, i) => (removed[Math.floor(i / 3)] ? 0 : v));
  for (const place of places) filled.fill(0, 3 * place, 3 * place + 3);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0;
    for (const place of places) {
      const [y, x] = [Math.floor(place / width), place % width];
      let [red, green, blue, total] = [0, 0, 0, 0];
      for (const { dy, dx, weight } of NEIGHBOURS) {
        const [row, column] = [y + dy, x + dx];
        if (row < 0 || column < 0 || row >= height || column >= width) continue;
        const at = 3 * (row * width + column);
        red += weight * filled[at]!;
        green += weight * filled[at + 1]!;
        blue += weight * filled[at + 2]!;
        total += weight;
      }
      [red, green, blue].forEach((sum, channel) => {
        const at = 3 * place + channel;
        const step = RELAXATION * (sum / total - filled[at]!);
        filled[at]! += step;
        largest = Math.max(largest, Math.abs(step));
      });
    }
    if (largest < CLOSE) break;
  }
  const noise = random.normals(new Float32Array(3 * places.length), NOISE);
  places.forEach((place, i) => {
    for (let channel = 0; channel < 3; channel++) filled[3 * place + channel]! += noise[3 * i + channel]!;
  });
  return filled;
}

/** The image with its most salient shares removed (MoRF), then with its least salient ones (LeRF). */
export function roadVersions(
  saliency: Float32Array,
  pixels: Pixels,
  size: [number, number],
  random: Random,
): { morf: Pixels[]; lerf: Pixels[] } {
  const order = ascending(saliency);
  const without = (places: Uint32Array | number[]) => {
    const removed = new Uint8Array(order.length);
    for (const place of places) removed[place] = 1;
    return impute(pixels, removed, size, random);
  };
  const places = Array.from(order);
  return {
    morf: SHARES.map((share) => without(places.slice(places.length - Math.round(share * places.length)))),
    lerf: SHARES.map((share) => without(places.slice(0, Math.round(share * places.length)))),
  };
}

/** (LeRF - MoRF) / 2, each the mean confidence over the shares: in [-1/2, 1/2], 0 for an order that says nothing. */
export function roadScore(lerf: number[], morf: number[]): number {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return (mean(lerf) - mean(morf)) / 2;
}
