import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { Target } from '../target';
import { gradientOf, overChannels } from './gradient';
import { type Method, type MethodOptions, perImage } from './method';

const STEPS = 16;

/**
 * Integrated Gradients (Sundararajan et al. 2017) from the mean colour (0 in normalised units) to the image, by the
 * midpoint rule: x times the mean gradient on the way. Sums to score(x) - score(0), up to the rule's error.
 * @returns signed, as x
 */
export async function integratedGradients(
  target: Target,
  x: Tensor4D,
  { breathe }: Pick<MethodOptions, 'breathe'>,
  steps = STEPS,
): Promise<Tensor4D> {
  let sum = tf.zerosLike(x);
  for (let step = 0; step < steps; step++) {
    await breathe();
    const next = tf.tidy(() => sum.add(gradientOf(target, x.mul((step + 0.5) / steps) as Tensor4D)));
    sum.dispose();
    sum = next as Tensor4D;
  }
  const attribution = tf.tidy(() => sum.mul(x).div(steps) as Tensor4D);
  sum.dispose();
  return attribution;
}

export const integratedGradientsMethod: Method = {
  id: 'integrated-gradients',
  title: `Integrated Gradients ${STEPS}`,
  needsGradient: true,
  async compute(_encoder, x, options) {
    const attribution = await integratedGradients(options.target, x, options);
    const saliency = overChannels(attribution);
    const maps = await perImage(saliency);
    tf.dispose([attribution, saliency]);
    return maps;
  },
};
