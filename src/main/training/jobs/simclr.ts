import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { repeated } from '../../engine/repeated';
import { tf } from '../../engine/tf';
import { buildResnet } from '../../models/resnet';
import type { TrainingResnet } from '../../models/resnetTraining';
import { HIDDEN, project, projectionWeights } from '../../models/simclr';
import type { Normalisation } from '../../models/spec';
import { ntXent } from '../../noise/objectives';
import type { Random } from '../../noise/random';
import type { EncoderJob, JobContext, JobResult } from '../protocol';
import { augment } from './augment';
import type { Pick } from './batches';
import type { StepReport } from './loop';
import { type EncoderStep, type Trained, trainOwnEncoder, withRandomNoise } from './ownEncoder';
import { agreementUnderNoise } from './robustness';

const TEMPERATURE = 0.2;
/** Under this the embedding of a noisy image is hardly that of the clean one. */
const WEAK_AGREEMENT = 0.5;

/** Trains the encoder of a folder without classes: SimCLR (Chen et al. 2020), with noise among its augmentations. */
export async function trainSimclr(job: EncoderJob, context: JobContext): Promise<JobResult> {
  const { size } = job.config;
  const trained = await trainOwnEncoder(job, context, {
    outputs: HIDDEN,
    more: projectionWeights,
    step: (trained) => simclrStep(trained, context, size),
  });
  return withoutProjection(trained, context, size);
}

/** The encoder before its projection head, and how its answers hold up under noise. */
export async function withoutProjection(
  { encoder, held, train }: Awaited<ReturnType<typeof trainOwnEncoder>>,
  context: JobContext,
  size: number,
): Promise<JobResult> {
  const { 'head.filter': _filter, 'head.offset': _offset, ...weights } = encoder.weights;
  const spec = { ...encoder, weights };
  const net = buildResnet(spec);
  try {
    const measured = held.length > 0 ? held : train;
    const agreement = await agreementUnderNoise(context, net, net, measured, size);
    const warnings =
      agreement.at['1.0']! < WEAK_AGREEMENT
        ? [
            'The encoder answers noisy images quite differently from clean ones; more images or a finer preset may help.',
          ]
        : [];
    return { kind: 'encoder', encoder: spec, accuracy: null, confusion: null, agreement, warnings };
  } finally {
    net.dispose();
  }
}

function simclrStep({ net, optimizer }: Trained, context: JobContext, size: number) {
  const update = repeated((inputs) => {
    const [first, second, ...pace] = inputs as [Tensor4D, Tensor4D, ...Scalar[]];
    const loss = optimizer.minimiseAt(pace, () => contrast(net, first, second));
    net.learnStatistics();
    return [loss];
  });
  return async ({ normalisation, step, picks, noise, random }: EncoderStep): Promise<StepReport> => {
    // One after the other: both draw from the same stream.
    const views = [
      await augmentedBatch(context, picks, size, normalisation, random),
      await augmentedBatch(context, picks, size, normalisation, random),
    ];
    const noisy = views.map((view) => withRandomNoise(view, noise, random));
    const pace = optimizer.pace(step);
    const [loss] = update([...noisy, ...pace]) as [Scalar];
    const [value] = await loss.data();
    tf.dispose([...views, ...noisy, ...pace, loss]);
    return { loss: value! };
  };
}

/** NT-Xent between the projections of two views: L of Eq. 1. */
export function contrast(net: TrainingResnet, first: Tensor4D, second: Tensor4D): Scalar {
  const count = first.shape[0];
  const features = net.features(tf.concat([first, second], 0) as Tensor4D);
  const projected = project(net.parameters, net.scores(features));
  const views = projected.slice([0, 0], [count, -1]);
  return ntXent(views, projected.slice([count, 0], [count, -1]), TEMPERATURE);
}

/** @returns [picks.length, size, size, 3] */
export async function augmentedBatch(
  context: JobContext,
  picks: Pick[],
  size: number,
  normalisation: Normalisation,
  random: Random,
): Promise<Tensor4D> {
  const length = size * size * 3;
  const pixels = await Promise.all(picks.map(({ image }) => context.pixels(image, size)));
  const values = new Float32Array(picks.length * length);
  pixels.forEach((bytes, i) => {
    augment(bytes, size, normalisation, random, values.subarray(i * length, (i + 1) * length));
  });
  return tf.tensor4d(values, [picks.length, size, size, 3]);
}
