import type { MaskKind } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import type { MaskModel } from '../../models/maskModel';
import { AdamW } from '../../models/optimizer';
import type { MaskModelSpec, NamedArrays } from '../../models/spec';
import { Random } from '../../noise/random';
import type { JobContext, JobResult, MaskConfig, MaskJob } from '../protocol';
import { loadBatch, Order, requireImages } from './batches';
import { CleanAnswers } from './cleanAnswers';
import { runLoop } from './loop';
import { answersOf, begin, PREVIEWS_A_RUN } from './mask';
import { maskWarnings } from './maskHealth';
import { maskStep } from './maskStep';
import { sendPreviews } from './previews';

/** One of the two masks while it is trained. */
interface Half {
  mask: MaskKind;
  config: MaskConfig;
  model: MaskModel;
  optimizer: AdamW;
  update: ReturnType<typeof maskStep>;
}

/**
 * Trains both masks in one run. Each has a network of its own, because the two objectives pull a shared one in opposite
 * directions; what they share is the pass over the images, the clean answers and the noise. Each comes out exactly as if
 * it had been trained alone. The curve shows the sum of both losses, and distance and bits of the positive mask.
 * @returns the positive mask, with the negative one as its partner
 */
export async function runJointJob(job: MaskJob, context: JobContext): Promise<JobResult> {
  const { config } = job;
  const { size, seed, steps, temperature } = config;
  requireImages(job.images, 1);
  const batch = Math.min(config.batch, job.images.length);
  const encoder = await buildEncoder(job.encoder);
  const { normalisation } = encoder;
  const scale = { sigmaMin: config.sigmaMin, sigmaMax: config.sigmaMax, pixelScale: normalisation.std };
  const kept = context.checkpoint?.arrays;
  // The two differ in their objective only where both compare embeddings: class scores are asked for by name, for both.
  const embed = answersOf(encoder, config.objective);
  const halves = (['positive', 'negative'] as const).map((mask): Half => {
    const own = kept && withoutPrefix(kept, mask);
    const mine = mask === 'negative' ? { ...config, ...job.joint } : config;
    const model = begin({ ...job, config: mine }, own, encoder);
    const optimizer = new AdamW(model.variables, { learningRate: config.learningRate, steps }, own);
    const masking = {
      ...{ mask, logOdds: model.trainingLogOdds, embed, scale, temperature },
      objective: mine.objective,
    };
    return {
      mask,
      config: mine,
      model,
      optimizer,
      update: maskStep({ model, optimizer, config: mine, masking }),
    };
  });
  const [positive, negative] = halves as [Half, Half];
  const order = new Order(job.images, seed);
  const clean = new CleanAnswers(context, embed, size, normalisation);
  const previewEvery = Math.max(1, Math.round(steps / PREVIEWS_A_RUN));
  try {
    if (steps * batch >= 2 * job.images.length) await clean.remember(job.images, batch);
    await runLoop(context, {
      steps,
      save: async () => ({
        arrays: { ...(await arraysOf(positive)), ...(await arraysOf(negative)) },
        state: {},
      }),
      step: async (step) => {
        const picks = order.at(step, batch);
        const x = await loadBatch(context, picks, size, normalisation);
        const z = clean.of(picks, x);
        // The same numbers that a run of this mask alone draws.
        const draws = () => new Random(seed, step, 'mask');
        const seen = await positive.update(step, x, z, draws());
        const { loss } = await negative.update(step, x, z, draws());
        tf.dispose([x, z]);
        if (step % previewEvery === 0 || step === steps - 1)
          await sendPreviews(context, job, positive.model, normalisation, step + 1);
        return { ...seen, loss: seen.loss + loss };
      },
    });
    const finish = async ({ mask, config: mine, model }: Half) => ({
      model: {
        ...{ model: mine.model, channels: mine.channels, size, normalisation, scale },
        weights: await model.weights(),
      },
      warnings: await maskWarnings({ ...job, mask, config: mine }, context, model, encoder),
    });
    const { model, warnings } = await finish(positive);
    return { kind: 'mask', model: { ...model, partner: await finish(negative) }, warnings };
  } finally {
    for (const { model, optimizer } of halves) {
      model.dispose();
      optimizer.dispose();
    }
    clean.dispose();
    encoder.dispose();
  }
}

async function arraysOf({ mask, model, optimizer }: Half): Promise<NamedArrays> {
  const arrays = { ...(await model.weights()), ...(await optimizer.arrays()) };
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${mask}.${name}`, array]));
}

function withoutPrefix(arrays: NamedArrays, mask: MaskKind): MaskModelSpec['weights'] {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${mask}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(mask.length + 1), array]));
}
