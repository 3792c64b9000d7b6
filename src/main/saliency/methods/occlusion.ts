import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { type Method, rowsAtOnce } from './method';

/** Side of the patch, as a share of the image's: 12 of 64 pixels. It moves by a third of itself. */
const PATCH = 12 / 64;

interface Patch {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * Occlusion (Zeiler and Fergus 2014): how much the score falls when a patch becomes the mean colour (0), averaged over
 * the patches that cover a pixel.
 */
export const occlusion: Method = {
  id: 'occlusion',
  title: 'Occlusion',
  needsGradient: false,
  async compute(_encoder, x, { target, breathe }) {
    const [batch, height, width] = x.shape;
    const patches = patchesOf(height, width);
    const clean = target.score(x);
    const before = await clean.data();
    clean.dispose();
    const sums = Array.from({ length: batch }, () => new Float32Array(height * width));
    const covered = new Float32Array(height * width);
    for (const patch of patches) visit(patch, width, (pixel) => covered[pixel]!++);

    const atOnce = rowsAtOnce(x);
    const all = Array.from({ length: batch * patches.length }, (_, i) => i);
    for (let from = 0; from < all.length; from += atOnce) {
      await breathe();
      const rows = all.slice(from, from + atOnce);
      const of = rows.map((row) => Math.floor(row / patches.length));
      const hidden = rows.map((row) => patches[row % patches.length]!);
      const scores = tf.tidy(() => {
        const images = tf.gather(x, tf.tensor1d(of, 'int32')) as Tensor4D;
        return target.score(images.mul(keepingAllBut(hidden, height, width)) as Tensor4D, of);
      });
      const values = await scores.data();
      scores.dispose();
      rows.forEach((_, i) => {
        const image = of[i]!;
        const fall = before[image]! - values[i]!;
        visit(hidden[i]!, width, (pixel) => {
          sums[image]![pixel]! += fall;
        });
      });
    }
    return sums.map((sum) => sum.map((value, pixel) => value / covered[pixel]!));
  },
};

/** Patches that cover every pixel: the last of a row and of a column end at the image's edge. */
function patchesOf(height: number, width: number): Patch[] {
  const side = Math.max(1, Math.round(PATCH * Math.min(height, width)));
  const stride = Math.max(1, Math.round(side / 3));
  const starts = (length: number): number[] => {
    const last = length - side;
    const count = Math.ceil(last / stride) + 1;
    return Array.from({ length: count }, (_, i) => Math.min(i * stride, last));
  };
  return starts(height).flatMap((top) =>
    starts(width).map((left) => ({ top, left, height: side, width: side })),
  );
}

function visit(patch: Patch, width: number, each: (pixel: number) => void): void {
  for (let y = patch.top; y < patch.top + patch.height; y++)
    for (let x = patch.left; x < patch.left + patch.width; x++) each(y * width + x);
}

/** 0 in the patch, 1 elsewhere. @returns [patches, height, width, 1] */
function keepingAllBut(patches: Patch[], height: number, width: number): Tensor4D {
  const values = new Float32Array(patches.length * height * width).fill(1);
  patches.forEach((patch, i) => {
    visit(patch, width, (pixel) => {
      values[i * height * width + pixel] = 0;
    });
  });
  return tf.tensor4d(values, [patches.length, height, width, 1]);
}
