/**
 * @file Why the paper found Gumbel-softmax unstable (section 3): gradients of the same loss at the same mask model, through
 * reparameterised Gaussian noise and through 256 values at several temperatures.
 */
import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { maskModelFromSpec } from '../../models/maskModel';
import type { MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { noiseFractionOf } from '../../noise/budget';
import { gumbels, gumbelView } from '../../noise/categorical';
import type { Pictures } from '../../noise/maskers/types';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { sigmaFrom, standardNormals, upsample } from '../../noise/sampling';

const TEMPERATURES = [1, 0.3, 0.1, 0.03];
const BUDGET = 0.8;

export const GRADIENT_TITLES = [
  'Gaussian, reparameterised',
  ...TEMPERATURES.map((temperature) => `Gumbel-softmax, temperature ${temperature}`),
];

export interface GradientMeasure {
  variance: number;
  direction: number;
  added: number;
}

/**
 * Views are drawn at half the size and enlarged, because 256 values a pixel are 256 times the memory.
 * @param pictures at half the encoder's size @returns one a row of GRADIENT_TITLES
 */
export async function gradientNoise(
  spec: MaskModelSpec,
  encoder: Encoder,
  { count, size, values }: Pictures,
  draws: number,
  seed: number,
  breathe: (done: number) => Promise<void>,
): Promise<GradientMeasure[]> {
  const { mean, std } = encoder.normalisation;
  const model = maskModelFromSpec(spec);
  const x = tf.tensor4d(values, [count, size, size, 3]);
  const large = (view: Tensor4D) => enlarged(view.sub(tf.tensor1d(mean)).div(std) as Tensor4D);
  const input = tf.tidy(() => large(x));
  const clean = encoder.embed(input);
  const measures: GradientMeasure[] = [];
  let reference: Float64Array | null = null;
  try {
    for (let row = 0; row < GRADIENT_TITLES.length; row++) {
      const gradients: Float32Array[] = [];
      let [moved, said] = [0, 0];
      for (let draw = 0; draw < draws; draw++) {
        await breathe(row * draws + draw);
        const random = new Random(seed, draw, 'gradients');
        const [gradient, sums] = tf.tidy(() => {
          const g =
            row === 0
              ? standardNormals([count, size, size, 3], random)
              : tf.tensor2d(gumbels(values.length * 256, random), [values.length, 256]);
          let sizes: Tensor4D[] = [];
          const { grads } = tf.variableGrads(() => {
            const q = noiseFractionOf(model.logOdds(input), BUDGET, 'image');
            const sigma = upsample(sigmaFrom(q, spec.scale), size, size).mul(std) as Tensor4D;
            const view =
              row === 0
                ? (x.add(sigma.mul(g)) as Tensor4D)
                : gumbelView(x, sigma, g as never, TEMPERATURES[row - 1]!);
            sizes = [tf.keep(view), tf.keep(sigma)];
            return cosineDistance(clean, encoder.embed(large(view))) as Scalar;
          }, model.variables);
          const [view, sigma] = sizes as [Tensor4D, Tensor4D];
          const sums = tf.stack([view.sub(x).square().sum(), sigma.square().sum().mul(3)]);
          tf.dispose(sizes);
          return [tf.concat(model.variables.map(({ name }) => grads[name]!.flatten())), sums];
        });
        gradients.push(await gradient!.data<'float32'>());
        const [a, b] = await sums!.data();
        [moved, said] = [moved + a!, said + b!];
        tf.dispose([gradient!, sums!]);
      }
      const centre = meanOf(gradients);
      reference ??= centre;
      measures.push({
        variance: spreadOf(gradients, centre) / dot(centre, centre),
        direction: dot(centre, reference) / Math.sqrt(dot(centre, centre) * dot(reference, reference)),
        added: moved / said,
      });
    }
    return measures;
  } finally {
    tf.dispose([x, input, clean]);
    model.dispose();
  }
}

/** Twice the size, bilinear. @param x [batch, h, w, 3] */
function enlarged(x: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    const channels = tf.split(x, 3, 3) as Tensor4D[];
    return tf.concat(
      channels.map((channel) => upsample(channel, 2 * x.shape[1], 2 * x.shape[2])),
      3,
    ) as Tensor4D;
  });
}

function meanOf(rows: Float32Array[]): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const row of rows)
    row.forEach((value, i) => {
      sum[i]! += value / rows.length;
    });
  return sum;
}

/** Mean squared distance from the mean, without its own bias. */
function spreadOf(rows: Float32Array[], centre: Float64Array): number {
  let sum = 0;
  for (const row of rows)
    row.forEach((value, i) => {
      sum += (value - centre[i]!) ** 2;
    });
  return sum / (rows.length - 1);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
