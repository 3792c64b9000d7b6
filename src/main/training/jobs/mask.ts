import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { NoiseScale } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import { createMaskModel, type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import { AdamW } from '../../models/optimizer';
import type { MaskModelSpec } from '../../models/spec';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import type { JobContext, JobResult, MaskJob } from '../protocol';
import { loadBatch, Order, requireImages } from './batches';
import { CleanAnswers } from './cleanAnswers';
import { runLoop } from './loop';
import { maskWarnings } from './maskHealth';
import { maskStep } from './maskStep';
import { sendPreviews } from './previews';

/** How often in a run the previews are drawn anew. */
export const PREVIEWS_A_RUN = 20;

/** Trains a mask model against a frozen encoder (docs/method.md 2, 3 and 5). */
export async function runMaskJob(job: MaskJob, context: JobContext): Promise<JobResult> {
  const { config, mask } = job;
  const { size, seed, steps } = config;
  requireImages(job.images, 1);
  const batch = Math.min(config.batch, job.images.length);
  const encoder = await buildEncoder(job.encoder);
  const scale: NoiseScale = {
    sigmaMin: config.sigmaMin,
    sigmaMax: config.sigmaMax,
    pixelScale: encoder.normalisation.std,
  };
  const kept = context.checkpoint?.arrays;
  const model = begin(job, kept, encoder);
  const optimizer = new AdamW(model.variables, { learningRate: config.learningRate, steps }, kept);
  const order = new Order(job.images, seed);
  const embed = answersOf(encoder, config.objective);
  const { objective, temperature } = config;
  const masking = { mask, logOdds: model.trainingLogOdds, embed, scale, objective, temperature };
  const update = maskStep({ model, optimizer, config, masking });
  const clean = new CleanAnswers(context, embed, size, encoder.normalisation);
  const previewEvery = Math.max(1, Math.round(steps / PREVIEWS_A_RUN));
  try {
    // Worth it where every image, in both directions, is seen more often than once.
    if (steps * batch >= 2 * job.images.length) await clean.remember(job.images, batch);
    await runLoop(context, {
      steps,
      save: async () => ({
        arrays: { ...(await model.weights()), ...(await optimizer.arrays()) },
        state: {},
      }),
      step: async (step) => {
        const picks = order.at(step, batch);
        const x = await loadBatch(context, picks, size, encoder.normalisation);
        const z = clean.of(picks, x);
        const point = await update(step, x, z, new Random(seed, step, 'mask'));
        tf.dispose([x, z]);
        if (step % previewEvery === 0 || step === steps - 1)
          await sendPreviews(context, job, model, encoder.normalisation, step + 1);
        return point;
      },
    });
    const warnings = await maskWarnings(job, context, model, encoder);
    const spec: MaskModelSpec = {
      ...{ model: config.model, channels: config.channels, size, scale },
      normalisation: encoder.normalisation,
      weights: await model.weights(),
    };
    return { kind: 'mask', model: spec, warnings };
  } finally {
    optimizer.dispose();
    model.dispose();
    clean.dispose();
    encoder.dispose();
  }
}

/** What the objective compares: embeddings, or class scores for KL. */
export function answersOf(
  encoder: Encoder,
  objective: MaskJob['config']['objective'],
): (x: Tensor4D) => Tensor2D {
  return objective === 'kl' && encoder.logits ? encoder.logits : encoder.embed;
}

/** A new mask model, or the one of a checkpoint. */
export function begin(
  { config }: MaskJob,
  kept: MaskModelSpec['weights'] | undefined,
  encoder: Encoder,
): MaskModel {
  const { model, channels, outputStride, seed } = config;
  if (!kept) return createMaskModel(model ?? channels, new Random(seed, 0, 'weights'), outputStride, encoder);
  const weights = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.startsWith('adam.')));
  return maskModelFromSpec({ model, channels, weights }, encoder);
}
