/** @file One mask under one form of regularisation: trained, and measured on images it has not seen. */
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { NoiseScale } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import type { Encoder } from '../../models/types';
import { noiseFractionOf } from '../../noise/budget';
import { lossUnder, type Masking, type MaskingBatch, maskedLoss } from '../../noise/maskedLoss';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';
import { fixedFraction, freeFraction, penalisedLoss } from '../../noise/softPenalty';
import { mean, shareInFew } from '../../noise/statistics';
import { auroc } from '../../saliency/scores/auroc';
import type { JobContext } from '../../training/protocol';
import { SIZE } from '../images/encoder';
import { type NetworkPlan, networkAnswer, trainNetwork } from '../images/network';
import { inBatches } from '../images/pictures';
import type { LabImage } from '../types';
import type { Setting } from './settings';
import type { Form, FormMeasure } from './types';

const SIGMA_MIN = 0.02;
/** Budgets that a mask is trained for, drawn anew at every step. */
const BUDGETS = { positive: [0.5, 0.95], negative: [0.2, 0.6] } as const;
export const STRIDE = 2;
/** Share of the pixels that hold most of the noise when it is all in few. */
export const FEWEST = 0.02;

export interface Tested {
  /** In 8-bit steps, [count, SIZE, SIZE, 3]. */
  values: Float32Array;
  objects: (Uint8Array | null)[];
}

export interface Material {
  encoder: Encoder;
  images: LabImage[];
  tested: Tested;
}

export const scaleOf = ({ sigmaMax }: Setting): Pick<NoiseScale, 'sigmaMin' | 'sigmaMax'> => ({
  sigmaMin: SIGMA_MIN,
  sigmaMax,
});

/** @param form with the lambda of its penalty, where it has one */
export async function measuredMask(
  job: JobContext,
  { encoder, images, tested }: Material,
  setting: Setting,
  { form, lambda }: { form: Form; lambda: number },
  { seed, steps }: { seed: number; steps: number },
): Promise<FormMeasure> {
  const { rate, length } = setting;
  const plan: NetworkPlan = {
    ...{ name: 'budgets', outputs: 1, seed, rate, steps: Math.max(1, Math.round(length * steps)) },
    stride: STRIDE,
  };
  const masking = (answer: Tensor4D): Masking => ({
    ...{ mask: setting.mask, objective: setting.objective, temperature: setting.temperature },
    ...{ logOdds: () => answer, embed: encoder.embed, scale: scaleOf(setting) },
  });
  const network = await trainNetwork(job, encoder, images, plan, ({ x, clean, random }) => {
    const budget = drawnBudget(setting, random);
    const eps = standardNormals(x.shape, random);
    const batch = { x, clean, eps, budget };
    return {
      loss: (answer) => lossOf(form, masking(answer), batch, lambda),
      dispose: () => eps.dispose(),
    };
  });
  try {
    return await measured(encoder, tested, setting, seed, (x) =>
      fractionOf(form, networkAnswer(network, x), setting),
    );
  } finally {
    network.dispose();
  }
}

const CEILINGS = { clamp: 'clamp', penalty: 'none' } as const;

function lossOf(form: Form, masking: Masking, batch: MaskingBatch, lambda: number): Scalar {
  if (form === 'budget') return maskedLoss(masking, batch).loss;
  if (form !== 'fixed') return penalisedLoss(masking, batch, lambda, CEILINGS[form]).loss;
  const q = fixedFraction(masking.logOdds(batch.x), masking.scale, batch.budget);
  return lossUnder(masking, batch, q).loss;
}

function fractionOf(form: Form, a: Tensor4D, setting: Setting): Tensor4D {
  const { target } = setting;
  if (form === 'budget') return noiseFractionOf(a, target, 'image');
  if (form === 'fixed') return fixedFraction(a, scaleOf(setting), target);
  return freeFraction(a, scaleOf(setting), CEILINGS[form]);
}

export const drawnBudget = ({ mask }: Setting, random: Random): number => random.uniform(...BUDGETS[mask]);

async function measured(
  encoder: Encoder,
  { values, objects }: Tested,
  setting: Setting,
  seed: number,
  fractionOf: (x: Tensor4D) => Tensor4D,
): Promise<FormMeasure> {
  const distances: number[] = [];
  const maps: Float32Array[] = [];
  await inBatches(values, SIZE, encoder.normalisation, async (x, from) => {
    const eps = standardNormals(x.shape, new Random(seed, from, 'budgets test'));
    const [q, distance] = tf.tidy(() => {
      const fraction = upsample(fractionOf(x), SIZE, SIZE);
      const noisy = noisyView(x, sigmaFrom(fraction, scaleOf(setting)), eps);
      return [fraction, cosineDistance(encoder.embed(x), encoder.embed(noisy)).mul(x.shape[0])] as [
        Tensor4D,
        Tensor,
      ];
    });
    const all = await q.data<'float32'>();
    for (let i = 0; i < x.shape[0]; i++) maps.push(all.slice(i * SIZE * SIZE, (i + 1) * SIZE * SIZE));
    distances.push((await distance.data())[0]!);
    tf.dispose([eps, q, distance]);
  });
  const range = Math.log(setting.sigmaMax / SIGMA_MIN);
  return {
    noise: mean(maps.map(mean)),
    few: mean(
      maps.map((q) =>
        shareInFew(
          q.map((one) => Math.exp(2 * range * one)),
          FEWEST,
        ),
      ),
    ),
    distance: distances.reduce((sum, one) => sum + one, 0) / maps.length,
    object: objectAuroc(maps, objects, setting),
  };
}

/** A positive mask spares the object, a negative one hides it. @returns null where no image has an object mask */
export function objectAuroc(
  maps: Float32Array[],
  objects: (Uint8Array | null)[],
  { mask }: Setting,
): number | null {
  const sign = mask === 'positive' ? -1 : 1;
  const found = maps.flatMap((q, i) => {
    const object = objects[i];
    return object
      ? [
          auroc(
            q.map((one) => sign * one),
            object,
          ),
        ]
      : [];
  });
  return found.length > 0 ? mean(found) : null;
}
