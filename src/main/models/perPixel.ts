/**
 * @file The per-pixel mask model: the same small network for every pixel, which sees that pixel's colour and place and
 * nothing else. A measure of what colour and place alone explain: a map that a U-Net does not better needs no context.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { constant, convolve, heNormal, type NormalSource } from './layers';
import type { Parameters } from './parameters';
import type { NamedArrays } from './spec';

const HIDDEN = 32;
/** Three colours and two coordinates. */
const INPUTS = 5;
const LAST_GAIN = 0.05;
const LAYERS: [name: string, from: number, to: number, gain: number][] = [
  ['first', INPUTS, HIDDEN, 1],
  ['second', HIDDEN, HIDDEN, 1],
  ['last', HIDDEN, 1, LAST_GAIN],
];

export function perPixelWeights(random: NormalSource): NamedArrays {
  return Object.fromEntries(
    LAYERS.flatMap(([name, from, to, gain]) => [
      [`${name}.filter`, heNormal([1, 1, from, to], random, gain)],
      [`${name}.offset`, constant(to, 0)],
    ]),
  );
}

/** @param x [batch, height, width, 3], any size @returns [batch, height, width, 1] */
export function perPixel(parameters: Parameters, x: Tensor4D): Tensor4D {
  const [batch, height, width] = x.shape;
  let y = tf.concat([x, places(height, width).tile([batch, 1, 1, 1])], 3) as Tensor4D;
  for (const [name] of LAYERS) {
    const z = convolve(
      y,
      parameters.get<Tensor4D>(`${name}.filter`),
      parameters.get<Tensor1D>(`${name}.offset`),
    );
    y = name === 'last' ? z : z.relu();
  }
  return y;
}

/** Coordinates from -1 to 1 at the centres of pixels. @returns [1, height, width, 2] */
function places(height: number, width: number): Tensor4D {
  const values = new Float32Array(height * width * 2);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      values[2 * (y * width + x)] = (2 * x + 1) / width - 1;
      values[2 * (y * width + x) + 1] = (2 * y + 1) / height - 1;
    }
  return tf.tensor4d(values, [1, height, width, 2]);
}
