import type { Tensor4D } from '@tensorflow/tfjs';
import { PenumbraError } from '../../../contract/errors';
import { type BudgetPoint, scoreName } from '../../../contract/types';
import { tf } from '../../engine/tf';
import { decodeObject } from '../../library/decode';
import { buildEncoder } from '../../models/encoder';
import { type MaskModel, maskModelFromSpec } from '../../models/maskModel';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import { standardNormals } from '../../noise/sampling';
import { median } from '../../noise/statistics';
import { type Explainer, maskExplainer, methodExplainers } from '../../saliency/explainer';
import { CURVE_BUDGETS, CURVE_STRENGTHS, keptAt } from '../../saliency/faithfulness/budgetCurve';
import { bootstrapMean } from '../../saliency/scores/bootstrap';
import { type ScoreLists, scoreMaps } from '../../saliency/scoring';
import type { JobContext, JobResult, MethodScores, ScoreJob } from '../protocol';
import { loadBatch, requireImages } from './batches';
import { breatheOrStop } from './loop';
import { randomised } from './randomisation';

const BATCH = 16;

interface Gathered {
  explainer: Explainer;
  lists: ScoreLists[];
  /** Milliseconds an image, batch by batch. */
  ms: number[];
}

/** Scores masks and baselines on the same images with the same encoder (docs/scores.md). */
export async function runScoreJob(job: ScoreJob, context: JobContext): Promise<JobResult> {
  const { images, masks, config } = job;
  requireImages(images, 1);
  const encoder = await buildEncoder(job.encoder);
  const stranger = await buildEncoder(randomised(job.encoder, config.seed));
  const nets = masks.map(({ mask, model }) => ({
    mask,
    scale: model.scale,
    net: maskModelFromSpec(model, encoder),
  }));
  const breathe = () => breatheOrStop(context);
  try {
    const all = [
      ...nets.map(({ mask, net, scale }) => maskExplainer(mask, net, scale)),
      ...methodExplainers(encoder, breathe),
    ];
    const unknown = config.methods.find((wish) => !all.some(({ id }) => id === wish));
    if (unknown !== undefined)
      throw new PenumbraError(
        'INVALID_INPUT',
        `"${unknown}" cannot be scored here; there are ${all.map(({ id }) => id).join(', ')}.`,
      );
    const wanted = all.filter(({ id }) => config.methods.length === 0 || config.methods.includes(id));
    const strangers = new Map(methodExplainers(stranger, breathe).map((one) => [one.id, one]));
    const gathered = wanted.map((explainer): Gathered => ({ explainer, lists: [], ms: [] }));
    for (let from = 0; from < images.length; from += BATCH) {
      await scoreBatch(context, job, from, encoder, gathered, strangers);
      context.send({ type: 'progress', step: Math.min(from + BATCH, images.length), steps: images.length });
    }
    const positive = nets.find(({ mask }) => mask === 'positive');
    return {
      kind: 'score',
      methods: gathered.map((one) => summary(one, config.seed)),
      budgets: positive ? await budgetCurve(context, job, encoder, positive.net, positive.scale) : [],
    };
  } finally {
    encoder.dispose();
    stranger.dispose();
    for (const { net } of nets) net.dispose();
  }
}

async function scoreBatch(
  context: JobContext,
  { images, config }: ScoreJob,
  from: number,
  encoder: Encoder,
  gathered: Gathered[],
  strangers: Map<string, Explainer>,
): Promise<void> {
  const { size, seed, faithful } = config;
  const batch = images.slice(from, from + BATCH);
  const x = await load(context, batch, size, encoder);
  const objects = await Promise.all(
    batch.map(({ object }) => (typeof object === 'string' ? decodeObject(object, size) : object)),
  );
  const breathe = () => breatheOrStop(context);
  const tested = Math.min(Math.max(faithful - from, 0), batch.length);
  const drawn = new Map<string, { maps: Float32Array[]; ms: number }>();
  try {
    for (const { explainer, lists, ms } of gathered) {
      await breathe();
      const sharp = explainer.from && drawn.get(explainer.from.id);
      const began = performance.now();
      const maps = sharp
        ? await explainer.from!.refine(sharp.maps, size, size)
        : await explainer.explain(x, seed);
      const took = performance.now() - began + (sharp ? sharp.ms : 0);
      drawn.set(explainer.id, { maps, ms: took });
      ms.push(took / batch.length);
      const scoring = { encoder, x, objects, tested, seed, breathe };
      lists.push(await scoreMaps(scoring, explainer, maps, strangers.get(explainer.id)));
    }
  } finally {
    x.dispose();
  }
}

function load(
  context: JobContext,
  batch: ScoreJob['images'],
  size: number,
  encoder: Encoder,
): Promise<Tensor4D> {
  const picks = batch.map((image) => ({ image, flipped: false }));
  return loadBatch(context, picks, size, encoder.normalisation);
}

function summary({ explainer: { id, title }, lists, ms }: Gathered, seed: number): MethodScores {
  const scores = scoreName.options.flatMap((name) => {
    const values = lists.flatMap((list) => list[name]);
    return values.length === 0
      ? []
      : [[name, { ...bootstrapMean(values, seed), images: values.length }] as const];
  });
  // Not the mean: of few batches the first and the third compile, and the last one may be small.
  return { name: id, title, scores: Object.fromEntries(scores), msPerImage: median(ms) };
}

/** How many answers stay at each budget, under learned noise and under the same amount placed otherwise. */
async function budgetCurve(
  context: JobContext,
  { images, config: { size, seed } }: ScoreJob,
  encoder: Encoder,
  net: MaskModel,
  scale: { sigmaMin: number; sigmaMax: number },
): Promise<BudgetPoint[]> {
  const points = CURVE_STRENGTHS.flatMap((strength) =>
    CURVE_BUDGETS.map((budget) => ({
      ...{ budget, sigmaMax: strength * scale.sigmaMax },
      ...{ learned: [] as number[], uniform: [] as number[], shuffled: [] as number[] },
    })),
  );
  for (let from = 0; from < images.length; from += BATCH) {
    const batch = images.slice(from, from + BATCH);
    // Noise of another image needs one.
    if (batch.length < 2) continue;
    await breatheOrStop(context);
    const x = await load(context, batch, size, encoder);
    const logOdds = net.mirroredLogOdds(x);
    const eps = standardNormals(x.shape, new Random(seed, from, 'budgets'));
    for (const point of points) {
      const { budget, sigmaMax } = point;
      const levels = { sigmaMin: scale.sigmaMin, sigmaMax };
      const { learned, uniform, shuffled } = await keptAt(encoder, x, logOdds, eps, budget, levels);
      point.learned.push(...learned);
      point.uniform.push(...uniform);
      point.shuffled.push(...shuffled);
    }
    tf.dispose([x, logOdds, eps]);
  }
  return points
    .filter(({ learned }) => learned.length > 0)
    .map(({ budget, sigmaMax, learned, uniform, shuffled }) => ({
      ...{ budget, sigmaMax },
      learned: bootstrapMean(learned, seed),
      uniform: bootstrapMean(uniform, seed),
      shuffled: bootstrapMean(shuffled, seed),
    }));
}
