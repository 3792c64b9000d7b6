import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { buildEncoder } from '../../models/encoder';
import { constant } from '../../models/layers';
import { AdamW } from '../../models/optimizer';
import { Parameters } from '../../models/parameters';
import type { EncoderSpec, LinearHead } from '../../models/spec';
import type { Encoder } from '../../models/types';
import type { JobContext, JobImage, JobResult, ProbeJob } from '../protocol';
import { loadBatch, requireImages } from './batches';
import { breatheOrStop } from './loop';
import { recognitionUnderNoise } from './robustness';
import { weakness } from './weakness';

const LEAST_IMAGES = 8;
const BATCH = 32;
const STEPS = 300;
const LEARNING_RATE = 0.05;
/** lambda of lambda / 2 |W|^2, for features of deviation 1: a few hundred images could otherwise be learned by heart. */
const WEIGHT_PENALTY = 0.1;
const BREATHE_EVERY = 25;

/** A linear probe: the features once, then logistic regression on them (a convex problem; nothing is drawn at random). */
export async function runProbeJob(job: ProbeJob, context: JobContext): Promise<JobResult> {
  const { classes } = job;
  const train = job.images.filter(({ held }) => !held);
  const held = job.images.filter((image) => image.held);
  requireImages(train, LEAST_IMAGES);
  const features = await featuresOf(job.encoder, train, context);
  const probe = await fitProbe(
    features,
    train.map(({ label }) => label!),
    classes.length,
    context,
  );
  const encoder: EncoderSpec = { ...job.encoder, classes, probe };
  const net = await buildEncoder(encoder);
  try {
    const measured = held.length > 0 ? held : train;
    const { accuracy, confusion } = await recognitionUnderNoise(context, net, measured, encoder.inputSize);
    const warnings = weakness('linear probe', accuracy!.clean, held.length, classes.length);
    return { kind: 'probe', encoder, accuracy: accuracy!, confusion, warnings };
  } finally {
    net.dispose();
  }
}

interface Features {
  /** [images, size], row by row. */
  values: Float32Array;
  size: number;
}

async function featuresOf(spec: EncoderSpec, images: JobImage[], context: JobContext): Promise<Features> {
  const encoder: Encoder = await buildEncoder(spec);
  const size = encoder.embeddingSize;
  const values = new Float32Array(images.length * size);
  try {
    for (let from = 0; from < images.length; from += BATCH) {
      await breatheOrStop(context);
      const picks = images.slice(from, from + BATCH).map((image) => ({ image, flipped: false }));
      const x: Tensor4D = await loadBatch(context, picks, encoder.inputSize, encoder.normalisation);
      const z = encoder.embed(x);
      values.set(await z.data<'float32'>(), from * size);
      tf.dispose([x, z]);
      context.send({ type: 'progress', step: from + picks.length, steps: images.length });
    }
  } finally {
    encoder.dispose();
  }
  return { values, size };
}

/** On standardised features, whose mean and deviation are then folded into the weights. */
async function fitProbe(
  { values, size }: Features,
  labels: number[],
  classes: number,
  context: JobContext,
): Promise<LinearHead> {
  const x = tf.tensor2d(values, [labels.length, size]);
  const mean = x.mean(0);
  const deviation = tf.tidy(() => x.sub(mean).square().mean(0).sqrt().maximum(1e-6));
  const z = tf.tidy(() => x.sub(mean).div(deviation)) as Tensor2D;
  const targets = tf.tidy(() => tf.oneHot(labels, classes).toFloat()) as Tensor2D;
  const zeros = (shape: number[]) => ({
    ...constant(
      shape.reduce((a, b) => a * b),
      0,
    ),
    shape,
  });
  const head = new Parameters({ filter: zeros([size, classes]), offset: zeros([classes]) });
  const optimizer = new AdamW(head.variables, { learningRate: LEARNING_RATE, steps: STEPS, weightDecay: 0 });
  try {
    for (let step = 0; step < STEPS; step++) {
      if (step % BREATHE_EVERY === 0) await breatheOrStop(context);
      const loss = optimizer.minimise(step, () => {
        const filter = head.get<Tensor2D>('filter');
        const scores = z.matMul(filter).add(head.get('offset')) as Tensor2D;
        const penalty = filter
          .square()
          .sum()
          .mul(WEIGHT_PENALTY / 2);
        return targets.mul(tf.logSoftmax(scores)).sum(1).mean().neg().add(penalty) as Scalar;
      });
      await loss.data();
      loss.dispose();
    }
    return await folded(head, mean, deviation);
  } finally {
    tf.dispose([x, mean, deviation, z, targets]);
    optimizer.dispose();
    head.dispose();
  }
}

/** The same scores from features as they come: W'[i] = W[i] / deviation[i], b' = b - sum of mean[i] W'[i]. */
async function folded(head: Parameters, mean: Tensor, deviation: Tensor): Promise<LinearHead> {
  const { filter, offset } = await head.arrays();
  const [means, deviations] = await Promise.all([mean.data(), deviation.data()]);
  const classes = offset!.values.length;
  const weights = filter!.values.map((weight, at) => weight / deviations[Math.floor(at / classes)]!);
  const moved = Float64Array.from(offset!.values);
  weights.forEach((weight, at) => {
    moved[at % classes]! -= means[Math.floor(at / classes)]! * weight;
  });
  return {
    filter: { shape: filter!.shape, values: weights },
    offset: { shape: offset!.shape, values: Float32Array.from(moved) },
  };
}
