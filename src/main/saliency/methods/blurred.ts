import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { gaussianBlur } from '../blur';
import { type Method, perImage } from './method';

/** sigma of the blur, as a share of the side: 4 of 64 pixels. */
const BLUR = 1 / 16;

/** The same method with its maps blurred: pixels that answer alone are noise to whoever looks for a region. */
export interface BlurredMethod extends Method {
  /** The method whose maps are blurred, which need not be computed twice. */
  sharp: Method;
  blur(maps: Float32Array[], height: number, width: number): Promise<Float32Array[]>;
}

export function blurred(sharp: Method): BlurredMethod {
  const blur: BlurredMethod['blur'] = async (maps, height, width) => {
    const smooth = tf.tidy(() => {
      const all = maps.map((map) => tf.tensor4d(map, [1, height, width, 1]));
      return gaussianBlur(tf.concat(all, 0) as Tensor4D, BLUR * Math.min(height, width));
    });
    const values = await perImage(smooth);
    smooth.dispose();
    return values;
  };
  return {
    ...sharp,
    id: `${sharp.id}-blurred`,
    title: `${sharp.title}, blurred`,
    sharp,
    blur,
    compute: async (encoder, x, options) =>
      blur(await sharp.compute(encoder, x, options), x.shape[1], x.shape[2]),
  };
}
