import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { upsample } from '../../noise/sampling';
import { type Method, perImage } from './method';

/**
 * Grad-CAM (Selvaraju et al. 2017) at the encoder's last feature map A: relu(sum_k w_k A_k), where w_k is the mean of
 * d score / d A_k over the places; up-sampled to the image.
 */
export const gradCam: Method = {
  id: 'grad-cam',
  title: 'Grad-CAM',
  needsGradient: true,
  worksFor: ({ lastMap }) => lastMap !== undefined,
  async compute(encoder, x, { target }) {
    const [, height, width] = x.shape;
    const saliency = tf.tidy(() => {
      const map = encoder.lastMap!.of(x);
      const gradient = tf.grad((input) => target.scoreOfMap(input as Tensor4D).sum())(map);
      const weights = gradient.mean([1, 2], true);
      const cam = map.mul(weights).sum(3, true).relu() as Tensor4D;
      return upsample(cam, height, width).squeeze([3]) as Tensor3D;
    });
    const maps = await perImage(saliency);
    saliency.dispose();
    return maps;
  },
};
