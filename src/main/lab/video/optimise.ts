import type { Scalar, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { AdamW } from '../../models/optimizer';
import type { Encoder } from '../../models/types';
import { noiseFractionOf } from '../../noise/budget';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';

/** Side of a map, in values. */
export const MAP = 16;
/** Draws of the noise in one step. */
const DRAWS = 6;
const SCALE = { sigmaMin: 0.02, sigmaMax: 1 };

export interface FrameTask {
  encoder: Encoder;
  /** One frame, [1, size, size, 3]. */
  x: Tensor4D;
  budget: number;
}

/** How a map is moved: so many steps, at a highest learning rate. */
export interface Descent {
  steps: number;
  rate: number;
}

/**
 * The positive map of one frame without a mask model: log-odds moved by gradient descent on the cosine distance (with one image
 * NT-Xent has no gradient), under a hard budget.
 * @param start log-odds to begin with, MAP x MAP; zeros are noise spread evenly
 * @param counter of the frame: what is drawn depends on it and the seed
 */
export async function optimisedMap(
  { encoder, x, budget }: FrameTask,
  start: Float32Array,
  { steps, rate }: Descent,
  { seed, counter }: { seed: number; counter: number },
  breathe: () => Promise<void>,
): Promise<Float32Array> {
  const a: Variable = tf.tidy(() => tf.variable(tf.tensor4d(start, [1, MAP, MAP, 1])));
  const optimizer = new AdamW([a], { learningRate: rate, steps, weightDecay: 0 });
  const clean = tf.tidy(() => encoder.embed(x).tile([DRAWS, 1])) as Tensor2D;
  try {
    for (let step = 0; step < steps; step++) {
      await breathe();
      const eps = standardNormals(
        [DRAWS, x.shape[1], x.shape[2], 3],
        new Random(seed, counter * 1000 + step, 'video'),
      );
      const loss = optimizer.minimise(step, () =>
        distanceUnder(a as unknown as Tensor4D, encoder, x, clean, eps, budget),
      );
      await loss.data();
      tf.dispose([eps, loss]);
    }
    return Float32Array.from(await a.data<'float32'>());
  } finally {
    tf.dispose([a, clean]);
    optimizer.dispose();
  }
}

function distanceUnder(
  logOdds: Tensor4D,
  encoder: Encoder,
  x: Tensor4D,
  clean: Tensor2D,
  eps: Tensor4D,
  budget: number,
): Scalar {
  const q = noiseFractionOf(logOdds, budget, 'image');
  const sigma = sigmaFrom(upsample(q, x.shape[1], x.shape[2]), SCALE);
  const many = x.tile([DRAWS, 1, 1, 1]) as Tensor4D;
  return cosineDistance(clean, encoder.embed(noisyView(many, sigma.tile([DRAWS, 1, 1, 1]) as Tensor4D, eps)));
}

/** What noise of a map does to the frame's embedding, with draws that no map was moved by. */
export async function measuredDistance(
  { encoder, x, budget }: FrameTask,
  logOdds: { width: number; height: number; values: Float32Array },
  seed: number,
): Promise<number> {
  const eps = standardNormals([DRAWS, x.shape[1], x.shape[2], 3], new Random(seed, 0, 'video test'));
  const distance = tf.tidy(() => {
    const clean = encoder.embed(x).tile([DRAWS, 1]) as Tensor2D;
    const a = tf.tensor4d(logOdds.values, [1, logOdds.height, logOdds.width, 1]);
    return distanceUnder(a, encoder, x, clean, eps, budget);
  });
  const [value] = await distance.data();
  tf.dispose([eps, distance]);
  return value!;
}
