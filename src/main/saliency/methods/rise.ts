import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { Random } from '../../noise/random';
import { upsample } from '../../noise/sampling';
import { type Method, rowsAtOnce } from './method';

const MASKS = 500;
const CELLS = 7;
/** The chance of a cell to be kept. */
const KEPT = 0.5;

/**
 * RISE (Petsiuk et al. 2018): the mean of random masks, weighted by how sure the encoder still is of its answer; what
 * a mask hides becomes the mean colour (0).
 */
export const rise: Method = {
  id: 'rise',
  title: `RISE ${MASKS}`,
  needsGradient: false,
  random: true,
  async compute(_encoder, x, { target, seed, breathe }) {
    const [batch, height, width] = x.shape;
    const sums = Array.from({ length: batch }, () => new Float32Array(height * width));
    const atOnce = rowsAtOnce(x);
    for (let from = 0; from < MASKS; from += atOnce) {
      const count = Math.min(atOnce, MASKS - from);
      const masks = masksOf(count, height, width, new Random(seed, from, 'rise'));
      for (let image = 0; image < batch; image++) {
        await breathe();
        const weighted = tf.tidy(() => {
          const one = x.slice([image, 0, 0, 0], [1, height, width, 3]);
          const sure = target.confidence(one.mul(masks) as Tensor4D, new Array(count).fill(image));
          return sure
            .reshape([1, count])
            .matMul(masks.reshape([count, -1]) as Tensor2D)
            .div(MASKS * KEPT);
        });
        const values = await weighted.data();
        weighted.dispose();
        const sum = sums[image]!;
        for (let pixel = 0; pixel < sum.length; pixel++) sum[pixel]! += values[pixel]!;
      }
      masks.dispose();
    }
    return sums;
  },
};

/** Random cells, up-sampled bilinearly beyond the image and cut at a random place. @returns [count, height, width, 1] */
function masksOf(count: number, height: number, width: number, random: Random): Tensor4D {
  return tf.tidy(() => {
    const [cellHeight, cellWidth] = [Math.ceil(height / CELLS), Math.ceil(width / CELLS)];
    const side = CELLS + 1;
    const cells = Float32Array.from({ length: count * side * side }, () => Number(random.uniform() < KEPT));
    const large = upsample(tf.tensor4d(cells, [count, side, side, 1]), side * cellHeight, side * cellWidth);
    const cut = Array.from({ length: count }, (_, i) =>
      large.slice([i, random.below(cellHeight), random.below(cellWidth), 0], [1, height, width, 1]),
    );
    return tf.concat(cut, 0) as Tensor4D;
  });
}
