import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { Target } from '../target';
import { type Method, perImage } from './method';

/** d score / d x of every image. @param of the image each row of x is a version of @returns as x */
export function gradientOf(target: Target, x: Tensor4D, of?: number[]): Tensor4D {
  // Rows do not meet, so the gradient of the sum holds that of each.
  return tf.tidy(() => tf.grad((input) => target.score(input as Tensor4D, of).sum())(x) as Tensor4D);
}

/** What a pixel's three channels say together: the sum of their sizes. @returns [batch, height, width] */
export function overChannels(attribution: Tensor4D): Tensor3D {
  return tf.tidy(() => attribution.abs().sum(3) as Tensor3D);
}

/** The gradient's size at every pixel (Simonyan et al. 2013). */
export const gradient: Method = {
  id: 'gradient',
  title: 'Gradient',
  needsGradient: true,
  async compute(_encoder, x, { target }) {
    const saliency = tf.tidy(() => overChannels(gradientOf(target, x)));
    const maps = await perImage(saliency);
    saliency.dispose();
    return maps;
  },
};
