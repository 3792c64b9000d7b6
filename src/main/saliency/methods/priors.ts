/** @file Maps that look at nothing: what every method has to beat. */
import { Random } from '../../noise/random';
import type { Method } from './method';

/** Deviation of the Gaussian, as a share of the side. Its order of pixels, and so most scores, does not depend on it. */
const WIDTH = 1 / 4;

/** "Look at the middle": photographs are centred. */
export const centre: Method = {
  id: 'centre',
  title: 'Centre prior',
  needsGradient: false,
  async compute(_encoder, { shape: [batch, height, width] }) {
    const map = centrePrior(height, width);
    return Array.from({ length: batch }, () => map);
  },
};

/** @returns [height, width] */
export function centrePrior(height: number, width: number): Float32Array {
  const map = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dy, dx] = [(y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5];
      map[y * width + x] = Math.exp(-(dx * dx + dy * dy) / (2 * WIDTH * WIDTH));
    }
  return map;
}

export const random: Method = {
  id: 'random',
  title: 'Random',
  needsGradient: false,
  random: true,
  async compute(_encoder, { shape: [batch, height, width] }, { seed }) {
    const source = new Random(seed, 0, 'random map');
    return Array.from({ length: batch }, () =>
      Float32Array.from({ length: height * width }, () => source.uniform()),
    );
  },
};
