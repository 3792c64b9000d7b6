import type { Scalar, Tensor4D } from '@tensorflow/tfjs';
import { repeated } from '../../engine/repeated';
import { tf } from '../../engine/tf';
import { buildEncoder, trainableCopy } from '../../models/encoder';
import { AdamW } from '../../models/optimizer';
import type { EncoderSpec } from '../../models/spec';
import { calibrationLoss, randomNoiseMaps } from '../../noise/calibration';
import { Random } from '../../noise/random';
import { noisyView, standardNormals } from '../../noise/sampling';
import type { CalibrationJob, JobContext, JobImage, JobResult } from '../protocol';
import { loadBatch, measureNormalisation, Order, requireImages } from './batches';
import { runLoop } from './loop';
import { agreementUnderNoise, recognitionUnderNoise } from './robustness';
import { holdOut } from './split';

const LEAST_IMAGES = 8;
/** Images kept from training to measure the agreement on. */
const HELD_OUT = 0.1;
const MOST_HELD_OUT = 200;

/** Noise calibration of an encoder (docs/method.md 4): a student copy learns to give the teacher's clean answers under noise. */
export async function runCalibrationJob(job: CalibrationJob, context: JobContext): Promise<JobResult> {
  const { size, seed, steps, sigmaMax, learningRate } = job.config;
  requireImages(job.images, LEAST_IMAGES);
  const { train, held } = split(job.images, seed);
  const batch = Math.min(job.config.batch, train.length);
  const original = await withFolderUnits(job, context);
  const teacher = await buildEncoder(original);
  const kept = context.checkpoint?.arrays;
  const begin = kept ? await buildEncoder({ ...original, weights: weightsIn(kept, original) }) : teacher;
  const student = await trainableCopy(begin);
  if (begin !== teacher) begin.dispose();
  // Weights that the embedding does not reach (a class head) must stay: decay would shrink them.
  const optimizer = new AdamW(student.variables, { learningRate, steps, weightDecay: 0 }, kept);
  const order = new Order(train, seed);
  const update = repeated((inputs) => {
    const [clean, noisy, ...pace] = inputs as [Tensor4D, Tensor4D, ...Scalar[]];
    const target = teacher.embed(clean);
    return [optimizer.minimiseAt(pace, () => calibrationLoss(target, student.embed(noisy)))];
  });
  try {
    await runLoop(context, {
      steps,
      save: async () => ({
        arrays: { ...(await student.spec()).weights, ...(await optimizer.arrays()) },
        state: {},
      }),
      step: async (step) => {
        const clean = await loadBatch(context, order.at(step, batch), size, original.normalisation);
        const random = new Random(seed, step, 'noise');
        const noisy = tf.tidy(() =>
          noisyView(
            clean,
            randomNoiseMaps(batch, size, sigmaMax, random),
            standardNormals(clean.shape, random),
          ),
        );
        const pace = optimizer.pace(step);
        const [loss] = update([clean, noisy, ...pace]) as [Scalar];
        const [value] = await loss.data();
        tf.dispose([clean, noisy, ...pace, loss]);
        return { loss: value! };
      },
    });
    const measured = held.length > 0 ? held : train;
    return {
      kind: 'calibration',
      encoder: await student.spec(),
      ...(await recognitionUnderNoise(context, student, measured, size)),
      agreement: await agreementUnderNoise(context, student, teacher, measured, size),
      warnings: [],
    };
  } finally {
    optimizer.dispose();
    student.dispose();
    teacher.dispose();
  }
}

function split(images: JobImage[], seed: number): { train: JobImage[]; held: JobImage[] } {
  return holdOut(images, Math.min(HELD_OUT, MOST_HELD_OUT / images.length), seed);
}

/** Noise is measured in units of the folder's own contrast; an imported encoder was stored with those of photographs. */
async function withFolderUnits(job: CalibrationJob, context: JobContext): Promise<EncoderSpec> {
  const { encoder, images, config } = job;
  const own = encoder.kind === 'classifier' || encoder.kind === 'simclr';
  if (own) return encoder;
  return { ...encoder, normalisation: await measureNormalisation(context, images, config.size) };
}

function weightsIn(kept: EncoderSpec['weights'], { weights }: EncoderSpec): EncoderSpec['weights'] {
  return Object.fromEntries(Object.keys(weights).map((name) => [name, kept[name]!]));
}
