import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { entropyTable, type MaskKind } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import type { MaskModel } from '../../models/maskModel';
import { AdamW } from '../../models/optimizer';
import type { MaskModelSpec, NamedArrays } from '../../models/spec';
import { cosineDistance } from '../../noise/objectives';
import { Random } from '../../noise/random';
import { standardNormals } from '../../noise/sampling';
import { regularisedLoss } from '../../noise/softPenalty';
import type { JobContext, JobResult, MaskConfig, MaskJob } from '../protocol';
import { loadBatch, Order, requireImages } from './batches';
import { CleanAnswers } from './cleanAnswers';
import { runLoop } from './loop';
import { answersOf, begin, PREVIEWS_A_RUN } from './mask';
import { maskWarnings } from './maskHealth';
import { sendPreviews } from './previews';

/** One of the two masks while it is trained. */
interface Half {
  mask: MaskKind;
  config: MaskConfig;
  model: MaskModel;
  optimizer: AdamW;
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
  const halves = (['positive', 'negative'] as const).map((mask): Half => {
    const own = kept && withoutPrefix(kept, mask);
    const mine = mask === 'negative' ? { ...config, ...job.joint } : config;
    const model = begin({ ...job, config: mine }, own, encoder);
    const optimizer = new AdamW(model.variables, { learningRate: config.learningRate, steps }, own);
    return { mask, config: mine, model, optimizer };
  });
  const [positive, negative] = halves as [Half, Half];
  const order = new Order(job.images, seed);
  // The two differ in their objective only where both compare embeddings: class scores are asked for by name, for both.
  const embed = answersOf(encoder, config.objective);
  const clean = new CleanAnswers(context, embed, size, normalisation);
  const bitsOf = entropyTable(scale);
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
        let total = 0;
        let shown: { distance: number; bits: number } | undefined;
        for (const { mask, config: mine, model, optimizer } of halves) {
          // The same numbers that a run of this mask alone draws.
          const random = new Random(seed, step, 'mask');
          const budget = random.uniform(...mine.budgetRange);
          const eps = standardNormals(x.shape, random);
          const { objective } = mine;
          const masking = { mask, logOdds: model.trainingLogOdds, embed, scale, objective, temperature };
          let seen: { q: Tensor4D; noisy: Tensor2D } | undefined;
          const loss = optimizer.minimise(step, () => {
            const result = regularisedLoss(masking, { x, clean: z, eps, budget }, mine.softPenalty);
            seen = { q: tf.keep(result.q), noisy: tf.keep(result.noisy) };
            return result.loss;
          });
          model.learnStatistics();
          total += (await loss.data())[0]!;
          shown ??= await read(z, seen!, bitsOf);
          tf.dispose([eps, loss, seen!.q, seen!.noisy]);
        }
        tf.dispose([x, z]);
        if (step % previewEvery === 0 || step === steps - 1)
          await sendPreviews(context, job, positive.model, normalisation, step + 1);
        return { loss: total, ...shown! };
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

async function read(
  clean: Tensor2D,
  { q, noisy }: { q: Tensor4D; noisy: Tensor2D },
  bitsOf: (q: number) => number,
): Promise<{ distance: number; bits: number }> {
  const distance = cosineDistance(clean, noisy);
  const [[moved], fractions] = await Promise.all([distance.data(), q.data<'float32'>()]);
  distance.dispose();
  return {
    distance: moved!,
    bits: fractions.reduce((sum, value) => sum + bitsOf(value), 0) / fractions.length,
  };
}

async function arraysOf({ mask, model, optimizer }: Half): Promise<NamedArrays> {
  const arrays = { ...(await model.weights()), ...(await optimizer.arrays()) };
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${mask}.${name}`, array]));
}

function withoutPrefix(arrays: NamedArrays, mask: MaskKind): MaskModelSpec['weights'] {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${mask}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(mask.length + 1), array]));
}
