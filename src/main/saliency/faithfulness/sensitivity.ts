import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { Random } from '../../noise/random';

/** How far a pixel may move, in normalised units, and how often all of them do. */
const RADIUS = 0.05;
const DRAWS = 3;

/**
 * Max-sensitivity (Yeh et al. 2019): the largest change of a map, relative to the map and in the L2 norm, under small
 * uniform changes of the image.
 * @param maps of x, as `explain` gives them @returns one value an image of x; NaN for a map that is zero
 */
export async function maxSensitivity(
  x: Tensor4D,
  maps: Float32Array[],
  explain: (x: Tensor4D) => Promise<Float32Array[]>,
  seed: number,
): Promise<number[]> {
  const largest = maps.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = new Random(seed, draw, 'sensitivity');
    const shift = Float32Array.from({ length: x.size }, () => RADIUS * (2 * random.uniform() - 1));
    const moved = tf.tidy(() => x.add(tf.tensor4d(shift, x.shape)) as Tensor4D);
    const others = await explain(moved);
    moved.dispose();
    maps.forEach((map, i) => {
      const change = Math.sqrt(map.reduce((sum, value, p) => sum + (value - others[i]![p]!) ** 2, 0));
      const norm = Math.sqrt(map.reduce((sum, value) => sum + value ** 2, 0));
      largest[i] = Math.max(largest[i]!, change / norm);
    });
  }
  return largest;
}
