import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { repeated } from '../../engine/repeated';
import { tf } from '../../engine/tf';
import { buildResnet } from '../../models/resnet';
import type { EncoderJob, JobContext, JobResult } from '../protocol';
import { loadBatch } from './batches';
import type { StepReport } from './loop';
import { type EncoderStep, type Trained, trainOwnEncoder, withRandomNoise } from './ownEncoder';
import { recognitionUnderNoise } from './robustness';
import { weakness } from './weakness';

/**
 * Strong, because a training this short otherwise keeps the random weights it began with: they answer to noise beside the object, and
 * every map of the classifier shows it (docs/decisions/0024).
 */
const WEIGHT_DECAY = 0.5;

/** Trains a classifier of the folder's classes, with noise so that it reads noisy images too (docs/method.md 4). */
export async function trainClassifier(job: EncoderJob, context: JobContext): Promise<JobResult> {
  const { classes, config } = job;
  const { encoder, held, train } = await trainOwnEncoder(job, context, {
    outputs: classes.length,
    more: () => ({}),
    weightDecay: WEIGHT_DECAY,
    step: (trained) => classifierStep(trained, context, config.size, classes.length),
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

function classifierStep({ net, optimizer }: Trained, context: JobContext, size: number, classes: number) {
  const update = repeated((inputs) => {
    const [x, labels, ...pace] = inputs as [Tensor4D, Tensor2D, ...Scalar[]];
    let scores: Tensor2D | undefined;
    const loss = optimizer.minimiseAt(pace, () => {
      scores = tf.keep(net.scores(net.features(x)));
      return labels.mul(tf.logSoftmax(scores)).sum(1).mean().neg() as Scalar;
    });
    net.learnStatistics();
    const answers = scores!.argMax(1);
    scores!.dispose();
    return [loss, answers];
  });
  return async ({ normalisation, step, picks, noise, random }: EncoderStep): Promise<StepReport> => {
    const clean = await loadBatch(context, picks, size, normalisation);
    const x = withRandomNoise(clean, noise, random);
    const known = picks.map(({ image }) => image.label!);
    const labels = tf.tidy(() => tf.oneHot(known, classes).toFloat());
    const pace = optimizer.pace(step);
    const results = update([x, labels, ...pace]);
    const [[loss], answers] = (await Promise.all(results.map((result) => result.data()))) as [
      Float32Array,
      Int32Array,
    ];
    tf.dispose([clean, x, labels, ...pace, ...results]);
    const right = known.filter((label, i) => label === answers[i]).length;
    return { loss: loss!, accuracy: right / picks.length };
  };
}
