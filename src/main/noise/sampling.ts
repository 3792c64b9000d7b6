/** @file From a mask model's answer to a noisy view of the image. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { NoiseScale } from '../../contract/noiseMap';
import { tf } from '../engine/tf';
import { interpolationMatrix } from './interpolation';
import type { Random } from './random';

/**
 * log sigma = log sigmaMin + q (log sigmaMax - log sigmaMin).
 * @param q [batch, h, w, 1] @returns sigma, same shape, in units of the normalised image
 */
export function sigmaFrom(
  q: Tensor4D,
  { sigmaMin, sigmaMax }: Pick<NoiseScale, 'sigmaMin' | 'sigmaMax'>,
): Tensor4D {
  return tf.tidy(
    () =>
      q
        .mul(Math.log(sigmaMax / sigmaMin))
        .add(Math.log(sigmaMin))
        .exp() as Tensor4D,
  );
}

/**
 * The noisy view x + sigma eps: reparameterised, so that gradients reach sigma; never clipped.
 * @param x [batch, height, width, 3] @param sigma [batch, height, width, 1] @param eps as x
 */
export function noisyView(x: Tensor4D, sigma: Tensor4D, eps: Tensor4D): Tensor4D {
  return tf.tidy(() => x.add(eps.mul(sigma)) as Tensor4D);
}

/** Standard normals [batch, height, width, 3]; TensorFlow.js would draw them one by one through several layers. */
export function standardNormals(shape: [number, number, number, number], random: Random): Tensor4D {
  const [batch, height, width, channels] = shape;
  return tf.tensor4d(random.normals(new Float32Array(batch * height * width * channels)), shape);
}

/**
 * Bilinear up-sampling with half-pixel centres, as `resample` in contract/noiseMap. Two matrix products, because the
 * gradient of TensorFlow.js' resizeBilinear disregards half-pixel centres on some backends.
 * @param map [batch, h, w, 1] @returns [batch, height, width, 1]
 */
export function upsample(map: Tensor4D, height: number, width: number): Tensor4D {
  return tf.tidy(() => {
    const [batch, h, w] = map.shape;
    const columns = matrix(w, width);
    const rows = matrix(h, height);
    const wide = map
      .reshape([batch * h, w])
      .matMul(columns)
      .reshape([batch, h, width]);
    const turned = wide
      .transpose([0, 2, 1])
      .reshape([batch * width, h])
      .matMul(rows);
    return turned
      .reshape([batch, width, height])
      .transpose([0, 2, 1])
      .reshape([batch, height, width, 1]) as Tensor4D;
  });
}

/** The same for maps of several values a pixel. @param map [batch, h, w, n] @returns [batch, height, width, n] */
export function upsampleEach(map: Tensor4D, height: number, width: number): Tensor4D {
  return tf.tidy(() => {
    const parts = tf.split(map, map.shape[3], 3) as Tensor4D[];
    return tf.concat(
      parts.map((part) => upsample(part, height, width)),
      3,
    ) as Tensor4D;
  });
}

function matrix(from: number, to: number): Tensor2D {
  return tf.tensor2d(interpolationMatrix(from, to), [from, to]);
}
