import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { rowsAtOnce } from '../methods/method';
import type { Target } from '../target';

/** Pixels of one normalised image, [height, width, 3]. */
export type Pixels = Float32Array;

/**
 * How sure the encoder still is of image `of`'s answer when it sees each of the altered versions.
 * @param shape of one version: [height, width, 3] @returns one value a version, in their order
 */
export async function confidences(
  target: Target,
  versions: Pixels[],
  of: number,
  [height, width]: [number, number],
  breathe: () => Promise<void>,
): Promise<number[]> {
  const values: number[] = [];
  const length = height * width * 3;
  const atOnce = rowsAtOnce({ shape: [1, height, width, 3] } as Tensor4D);
  for (let from = 0; from < versions.length; from += atOnce) {
    await breathe();
    const part = versions.slice(from, from + atOnce);
    const together = new Float32Array(part.length * length);
    part.forEach((version, i) => {
      together.set(version, i * length);
    });
    const sure = tf.tidy(() =>
      target.confidence(
        tf.tensor4d(together, [part.length, height, width, 3]),
        part.map(() => of),
      ),
    );
    values.push(...(await sure.data()));
    sure.dispose();
  }
  return values;
}
