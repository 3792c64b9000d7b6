import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { entropyTable, type NoiseScale } from '../../../contract/noiseMap';
import { repeated } from '../../engine/repeated';
import { tf } from '../../engine/tf';
import type { MaskModel } from '../../models/maskModel';
import type { AdamW } from '../../models/optimizer';
import type { Masking } from '../../noise/maskedLoss';
import { cosineDistance } from '../../noise/objectives';
import type { Random } from '../../noise/random';
import { standardNormals } from '../../noise/sampling';
import { regularisedLoss } from '../../noise/softPenalty';
import type { MaskConfig } from '../protocol';

interface Trained {
  model: MaskModel;
  optimizer: AdamW;
  config: Pick<MaskConfig, 'budgetRange' | 'softPenalty'>;
  masking: Masking & { scale: NoiseScale };
}

/**
 * The step of a mask training (docs/method.md 2 and 3): noise under the budget, the loss, one update.
 * @returns a function of the step's number, clean images, the encoder's answers to them, and the numbers that this step draws
 */
export function maskStep({ model, optimizer, config, masking }: Trained) {
  const update = repeated((inputs) => {
    const [x, clean, eps, budget, ...pace] = inputs as [Tensor4D, Tensor2D, Tensor4D, Scalar, ...Scalar[]];
    let seen: { q: Tensor4D; noisy: Tensor2D } | undefined;
    const loss = optimizer.minimiseAt(pace, () => {
      const { loss, q, noisy } = regularisedLoss(masking, { x, clean, eps, budget }, config.softPenalty);
      seen = { q: tf.keep(q), noisy: tf.keep(noisy) };
      return loss;
    });
    model.learnStatistics();
    const distance = cosineDistance(clean, seen!.noisy);
    seen!.noisy.dispose();
    return [loss, distance, seen!.q];
  });
  const bitsOf = entropyTable(masking.scale);
  return async (step: number, x: Tensor4D, clean: Tensor2D, random: Random) => {
    const budget = tf.scalar(random.uniform(...config.budgetRange));
    const eps = standardNormals(x.shape, random);
    const pace = optimizer.pace(step);
    const results = update([x, clean, eps, budget, ...pace]);
    const [[loss], [distance], q] = (await Promise.all(
      results.map((result) => result.data<'float32'>()),
    )) as [Float32Array, Float32Array, Float32Array];
    tf.dispose([budget, eps, ...pace, ...results]);
    const bits = q.reduce((sum, value) => sum + bitsOf(value), 0) / q.length;
    return { loss: loss!, distance: distance!, bits };
  };
}
