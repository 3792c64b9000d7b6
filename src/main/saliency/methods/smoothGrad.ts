import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import { gradientOf, overChannels } from './gradient';
import { type Method, perImage } from './method';

const SAMPLES = 16;
/** sigma of the noise, as a share of the image's range from its darkest to its brightest value. */
const NOISE = 0.15;

/** The gradient, averaged over noisy copies of the image (Smilkov et al. 2017). */
export const smoothGrad: Method = {
  id: 'smoothgrad',
  title: `SmoothGrad ${SAMPLES}`,
  needsGradient: true,
  random: true,
  async compute(_encoder, x, { target, seed, breathe }) {
    const sigma = tf.tidy(
      () =>
        x
          .max([1, 2, 3], true)
          .sub(x.min([1, 2, 3], true))
          .mul(NOISE) as Tensor4D,
    );
    let sum = tf.zerosLike(x);
    for (let sample = 0; sample < SAMPLES; sample++) {
      await breathe();
      const next = tf.tidy(() => {
        const eps = standardNormals(x.shape, new Random(seed, sample, 'smoothgrad'));
        return sum.add(gradientOf(target, noisyView(x, sigma, eps)));
      });
      sum.dispose();
      sum = next as Tensor4D;
    }
    const saliency = tf.tidy(() => overChannels(sum.div(SAMPLES)));
    const maps = await perImage(saliency);
    tf.dispose([sigma, sum, saliency]);
    return maps;
  },
};
