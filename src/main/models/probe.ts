/**
 * @file Linear probes (Alain and Bengio 2016): class scores for an encoder that has none, or those of the folder's classes in
 * place of its own. The encoder stays as it is.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { Parameters } from './parameters';
import type { LinearHead } from './spec';
import type { LastMap, TrainableEncoder } from './types';

/** The encoder with these class scores. Its variables are those of the encoder alone: the scores are not trained further. */
export function withProbe(
  encoder: TrainableEncoder,
  probe: LinearHead,
  classes: string[] | null,
): TrainableEncoder {
  const head = new Parameters({ filter: probe.filter, offset: probe.offset });
  const scores = (z: Tensor2D): Tensor2D =>
    z.matMul(head.get<Tensor2D>('filter')).add(head.get('offset')) as Tensor2D;
  const logits = (embed: (x: Tensor4D) => Tensor2D) => (x: Tensor4D) => tf.tidy(() => scores(embed(x)));
  const { lastMap } = encoder;
  return {
    ...encoder,
    classes,
    logits: logits(encoder.embed),
    ...(lastMap ? { lastMap: { ...lastMap, logits: logits(lastMap.embed) } satisfies LastMap } : {}),
    spec: async () => ({ ...(await encoder.spec()), probe, classes }),
    dispose: () => {
      encoder.dispose();
      head.dispose();
    },
  };
}
