/** @file Answers about the image a person looks at. What they are computed from stays loaded between the questions. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { PenumbraError } from '../../../contract/errors';
import type { Grid, NoiseScale } from '../../../contract/noiseMap';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import type { Encoder } from '../../models/types';
import { Random } from '../../noise/random';
import { noisyView, sigmaFrom, standardNormals, upsample } from '../../noise/sampling';
import { mean } from '../../noise/statistics';
import { keptAt } from '../../saliency/faithfulness/budgetCurve';
import { METHODS } from '../../saliency/methods';
import { targetOf } from '../../saliency/target';
import type { ExplainAnswer, ExplainJob, JobContext, JobResult } from '../protocol';
import { loadBatch } from './batches';
import { breatheOrStop } from './loop';

/** The encoder of the last question. */
let loaded: { id: number; encoder: Encoder } | null = null;

export async function runExplainJob(job: ExplainJob, context: JobContext): Promise<JobResult> {
  const encoder = await encoderOf(job);
  const picks = job.images.map((image) => ({ image, flipped: false }));
  const x = await loadBatch(context, picks, job.size, encoder.normalisation);
  try {
    return { kind: 'explain', answer: await answer(job, encoder, x, context) };
  } finally {
    x.dispose();
  }
}

async function encoderOf({ encoder: { id, spec } }: ExplainJob): Promise<Encoder> {
  if (loaded && loaded.id === id) return loaded.encoder;
  if (!spec) throw new PenumbraError('INTERNAL', 'The worker was not told what the encoder is.');
  loaded?.encoder.dispose();
  loaded = null;
  loaded = { id, encoder: await buildEncoder(spec) };
  return loaded.encoder;
}

function answer(
  { task, seed }: ExplainJob,
  encoder: Encoder,
  x: Tensor4D,
  context: JobContext,
): Promise<ExplainAnswer> {
  switch (task.type) {
    case 'predict':
      return predict(encoder, x, task.noise, task.samples, seed);
    case 'attribute':
      return attribute(encoder, x, task.method, seed, () => breatheOrStop(context));
    case 'curve':
      return curve(encoder, x, task.logOdds, task.scale, task.budget, seed);
  }
}

/** @param x one image; `fraction` is q at map resolution */
async function predict(
  encoder: Encoder,
  x: Tensor4D,
  noise: { fraction: Grid; scale: NoiseScale } | null,
  samples: number,
  seed: number,
): Promise<ExplainAnswer> {
  const [, height, width] = x.shape;
  const views = noise
    ? tf.tidy(() => {
        const { fraction, scale } = noise;
        const q = tf.tensor4d(fraction.values, [1, fraction.height, fraction.width, 1]);
        const eps = standardNormals([samples, height, width, 3], new Random(seed, 0, 'look'));
        const noisy = noisyView(x, sigmaFrom(upsample(q, height, width), scale), eps);
        return tf.concat([x, noisy], 0) as Tensor4D;
      })
    : x.clone();
  const answers = encoder.logits ? await rowsOf(() => encoder.logits!(views).softmax() as Tensor2D) : null;
  const embedded = noise ? await rowsOf(() => encoder.embed(views)) : null;
  views.dispose();
  const [clean, ...noised] = answers ?? [];
  return {
    type: 'predict',
    clean: clean ? [...clean] : null,
    noised: clean && noise ? [...clean.keys()].map((i) => mean(noised.map((one) => one[i]!))) : null,
    kept: clean && noise ? mean(noised.map((one) => Number(best(one) === best(clean)))) : null,
    similarity: embedded && mean(embedded.slice(1).map((z) => cosine(z, embedded[0]!))),
  };
}

async function attribute(
  encoder: Encoder,
  x: Tensor4D,
  id: string,
  seed: number,
  breathe: () => Promise<void>,
): Promise<ExplainAnswer> {
  const method = METHODS.find((one) => one.id === id)!;
  if (method.worksFor && !method.worksFor(encoder))
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `${method.title} needs a layer of features that this encoder does not show; choose another method.`,
    );
  const target = targetOf(encoder, x);
  try {
    const [values] = await method.compute(encoder, x, { target, seed, breathe });
    return { type: 'attribute', width: x.shape[2], height: x.shape[1], values: values! };
  } finally {
    target.dispose();
  }
}

/** One budget at a time, so that a question about the image on screen never waits for the whole curve. */
async function curve(
  encoder: Encoder,
  x: Tensor4D,
  maps: Grid[],
  scale: NoiseScale,
  budget: number,
  seed: number,
): Promise<ExplainAnswer> {
  const [{ height, width }] = maps as [Grid];
  const logOdds = tf.tidy(() => {
    const rows = maps.map(({ values }) => tf.tensor4d(values, [1, height, width, 1]));
    return tf.concat(rows, 0) as Tensor4D;
  });
  const eps = standardNormals(x.shape, new Random(seed, 0, 'budgets'));
  const { learned, uniform } = await keptAt(encoder, x, logOdds, eps, budget, scale);
  tf.dispose([logOdds, eps]);
  return { type: 'curve', hasHead: encoder.logits !== undefined, learned, uniform };
}

async function rowsOf(compute: () => Tensor2D): Promise<Float32Array[]> {
  const table = tf.tidy(compute);
  const [rows, columns] = table.shape;
  const values = await table.data<'float32'>();
  table.dispose();
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

const best = (values: Float32Array): number => values.indexOf(Math.max(...values));

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(a, b) / Math.max(Math.sqrt(dot(a, a) * dot(b, b)), 1e-12);
}
