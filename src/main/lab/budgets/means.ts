/** @file A mask whose noise has a learned mean (6.1), under the hard budget: trained, and taken apart on images it has not seen. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { noiseFractionOf } from '../../noise/budget';
import { meanGain, meanShift } from '../../noise/learnedMean';
import { cosineDistance, maskLoss } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';
import type { JobContext } from '../../training/protocol';
import { SIZE } from '../images/encoder';
import { networkAnswer, trainNetwork } from '../images/network';
import { inBatches } from '../images/pictures';
import { drawnBudget, type Material, objectAuroc, STRIDE, scaleOf } from './masks';
import type { Setting } from './settings';
import type { MeanMeasure, MeanOption } from './types';

/** Largest shift of a bounded mean: a quarter of a deviation of the folder's pixels. */
export const MOST = 0.25;

interface Parts {
  q: Tensor4D;
  sigma: Tensor4D;
  shift: Tensor4D;
}

/** @param answer one value of log-odds and three of the mean a map pixel, [batch, h, w, 4] */
function partsOf(
  answer: Tensor4D,
  setting: Setting,
  option: MeanOption,
  budget: number,
  scope: 'batch' | 'image',
): Parts {
  const a = answer.slice([0, 0, 0, 0], [-1, -1, -1, 1]);
  const q = upsample(noiseFractionOf(a, budget, scope), SIZE, SIZE);
  const raw = answer.slice([0, 0, 0, 1], [-1, -1, -1, 3]);
  const shift = meanShift(raw, option === 'bounded' ? MOST : null, SIZE, SIZE);
  const used = option === 'none' ? (tf.zerosLike(shift) as Tensor4D) : shift;
  return { q, sigma: sigmaFrom(q, scaleOf(setting)), shift: used };
}

export async function measuredMean(
  job: JobContext,
  { encoder, images, tested }: Material,
  setting: Setting,
  option: MeanOption,
  { seed, steps }: { seed: number; steps: number },
): Promise<MeanMeasure> {
  const { mask, objective, temperature, rate, target } = setting;
  const plan = { name: 'means', outputs: 4, stride: STRIDE, seed, steps, rate } as const;
  const network = await trainNetwork(job, encoder, images, plan, ({ x, clean, random }) => {
    const budget = drawnBudget(setting, random);
    const eps = standardNormals(x.shape, random);
    const scope = mask === 'positive' ? 'batch' : 'image';
    return {
      loss: (answer) => {
        const { sigma, shift } = partsOf(answer, setting, option, budget, scope);
        const noisy = encoder.embed(noisyView(x.add(shift), sigma, eps));
        return maskLoss(mask, objective, clean, noisy, temperature);
      },
      dispose: () => eps.dispose(),
    };
  });
  const sums = new Float64Array(5);
  const maps: Float32Array[] = [];
  try {
    await inBatches(tested.values, SIZE, encoder.normalisation, async (x, from) => {
      const count = x.shape[0];
      const eps = standardNormals(x.shape, new Random(seed, from, 'means test'));
      const [map, found] = tf.tidy(() => {
        const { q, sigma, shift } = partsOf(networkAnswer(network, x), setting, option, target, 'image');
        const clean = encoder.embed(x);
        const moved = x.add(shift) as Tensor4D;
        const far = (view: Tensor4D) => cosineDistance(clean, encoder.embed(view));
        const distances = [noisyView(moved, sigma, eps), moved, noisyView(x, sigma, eps)].map(far);
        const size = shift.square().mean();
        return [q, tf.stack([...distances, meanGain(shift, x), size]).mul(count)] as [Tensor4D, Tensor];
      });
      const all = await map.data<'float32'>();
      for (let i = 0; i < count; i++) maps.push(all.slice(i * SIZE * SIZE, (i + 1) * SIZE * SIZE));
      (await found.data<'float32'>()).forEach((value, i) => {
        sums[i]! += value;
      });
      tf.dispose([eps, map, found]);
    });
  } finally {
    network.dispose();
  }
  const [both, mean, noise, gain, square] = [...sums].map((sum) => sum / maps.length);
  return {
    ...{ both: both!, mean: mean!, noise: noise!, gain: gain! },
    size: Math.sqrt(square!) * encoder.normalisation.std,
    object: objectAuroc(maps, tested.objects, setting),
  };
}
