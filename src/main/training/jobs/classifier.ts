import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { buildResnet } from '../../models/resnet';
import type { EncoderJob, JobContext, JobResult } from '../protocol';
import { loadBatch } from './batches';
import type { StepReport } from './loop';
import { type EncoderStep, trainOwnEncoder, withRandomNoise } from './ownEncoder';
import { recognitionUnderNoise } from './robustness';
import { weakness } from './weakness';

/** Trains a classifier of the folder's classes, with noise so that it reads noisy images too (docs/method.md 4). */
export async function trainClassifier(job: EncoderJob, context: JobContext): Promise<JobResult> {
  const { classes, config } = job;
  const { encoder, held, train } = await trainOwnEncoder(job, context, {
    outputs: classes.length,
    more: () => ({}),
    step: (now) => classifierStep(now, context, config.size, classes.length),
  });
  const spec = { ...encoder, classes };
  const net = buildResnet(spec);
  try {
    const measured = held.length > 0 ? held : train;
    const recognition = await recognitionUnderNoise(context, net, measured, config.size);
    const warnings = weakness('classifier', recognition.accuracy!.clean, held.length, classes.length);
    return { kind: 'encoder', encoder: spec, ...recognition, agreement: null, warnings };
  } finally {
    net.dispose();
  }
}

async function classifierStep(
  { net, optimizer, normalisation, step, picks, noise, random }: EncoderStep,
  context: JobContext,
  size: number,
  classes: number,
): Promise<StepReport> {
  const clean = await loadBatch(context, picks, size, normalisation);
  const x = withRandomNoise(clean, noise, random);
  const labels = tf.tidy(() =>
    tf
      .oneHot(
        picks.map(({ image }) => image.label!),
        classes,
      )
      .toFloat(),
  );
  let scores: Tensor2D | undefined;
  const loss = optimizer.minimise(step, () => {
    scores = tf.keep(net.scores(net.features(x)));
    return labels.mul(tf.logSoftmax(scores)).sum(1).mean().neg() as Scalar;
  });
  const answers = scores!.argMax(1);
  const [[value], answered] = await Promise.all([loss.data(), answers.data()]);
  tf.dispose([clean, x, labels, loss, scores!, answers]);
  const right = picks.filter(({ image }, i) => image.label === answered[i]).length;
  return { loss: value!, accuracy: right / picks.length };
}
