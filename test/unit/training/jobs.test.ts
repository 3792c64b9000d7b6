import { beforeAll, describe, expect, test } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import { tf } from '../../../src/main/engine/tf';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { runJob } from '../../../src/main/training/jobs';
import { randomised } from '../../../src/main/training/jobs/randomisation';
import type { Job, JobResult, MapsJob, MaskJob } from '../../../src/main/training/protocol';
import {
  calibrationJob,
  contextOf,
  encoderJob,
  imagesOf,
  maskJob,
  pixelsOf,
  SIZE,
  type TestContext,
} from './jobSupport';

await tf.setBackend('cpu');

let encoder: EncoderSpec;
beforeAll(async () => {
  const result = await runJob(encoderJob(), contextOf());
  encoder = (result as Extract<JobResult, { kind: 'encoder' }>).encoder;
});

const weightsOf = (result: JobResult) =>
  'encoder' in result ? result.encoder.weights : 'model' in result ? result.model.weights : {};

describe.each<[string, () => Job]>([
  ['classifier', () => encoderJob()],
  ['SimCLR', () => encoderJob({ epochs: 1 }, 'simclr')],
  ['min-max', () => encoderJob({ epochs: 1.5 }, 'min-max')],
  ['calibration', () => calibrationJob(encoder, 5)],
  ['positive mask', () => maskJob(encoder, 'positive')],
  ['negative mask', () => maskJob(encoder, 'negative')],
  [
    'positive mask that reads the encoder',
    () => maskJob(encoder, 'positive', { model: 'unet-encoder', batch: 12, steps: 4 }),
  ],
  ['mask under a soft penalty', () => maskJob(encoder, 'positive', { softPenalty: 0.1 })],
  ['both masks in one run', () => jointJob()],
  [
    'positive mask with remembered clean answers',
    () => maskJob(encoder, 'positive', { batch: 12, steps: 4 }),
  ],
])('%s', (_, job) => {
  let whole: TestContext;
  let result: JobResult;
  let tensors: number;
  beforeAll(async () => {
    const before = tf.memory().numTensors;
    whole = contextOf();
    result = await runJob(job(), whole);
    tensors = tf.memory().numTensors - before;
  });

  test('leaves no tensors behind', () => {
    expect(tensors).toBe(0);
  });

  test('goes on from a checkpoint exactly as if it had not been stopped', async () => {
    const first = contextOf({ stopAfter: 2 });
    await expect(runJob(job(), first)).rejects.toMatchObject({ code: 'STOPPED' });
    expect(first.lastCheckpoint().step).toBe(2);
    const second = contextOf({ checkpoint: first.lastCheckpoint() });
    const resumed = await runJob(job(), second);
    expect([...first.losses(), ...second.losses()]).toEqual(whole.losses());
    expect(weightsOf(resumed)).toEqual(weightsOf(result));
  });

  test('leaves no tensors behind when it is stopped', async () => {
    const before = tf.memory().numTensors;
    await runJob(job(), contextOf({ stopAfter: 1 })).catch(() => {});
    expect(tf.memory().numTensors).toBe(before);
  });

  test('tells its progress to the last step', () => {
    const progress = whole.sent.filter(({ type }) => type === 'progress');
    expect(progress.at(-1)).toMatchObject({ step: progress.length, steps: progress.length });
  });
});

/** Both masks, the negative one with the budgets, the stride and the objective of its own recipe. */
function jointJob(): MaskJob {
  const { budgetRange, outputStride, objective } = maskJob(encoder, 'negative').config;
  return { ...maskJob(encoder, 'positive'), joint: { budgetRange, outputStride, objective } };
}

test('both masks in one run come out exactly as each would alone', async () => {
  const result = await runJob(jointJob(), contextOf());
  const positive = await runJob(maskJob(encoder, 'positive'), contextOf());
  const negative = await runJob(maskJob(encoder, 'negative'), contextOf());
  expect(weightsOf(result)).toEqual(weightsOf(positive));
  const { partner } = (result as Extract<JobResult, { kind: 'mask' }>).model;
  expect(partner!.model.weights).toEqual(weightsOf(negative));
});

test('maps of a mask that reads the encoder need it, and are those it showed last', async () => {
  const context = contextOf();
  const job = maskJob(encoder, 'positive', { model: 'unet-encoder' });
  const { model } = (await runJob(job, context)) as Extract<JobResult, { kind: 'mask' }>;
  const shown = context.sent.findLast(({ type }) => type === 'preview') as {
    maps: { logOdds: Float32Array }[];
  };
  const maps: MapsJob = {
    ...{ kind: 'maps', mask: 'positive', maskModel: model, images: job.previews, config: { batch: 2 } },
  };
  await expect(runJob(maps, contextOf())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  const drawn = contextOf();
  await runJob({ ...maps, encoder }, drawn);
  const sent = drawn.sent.find(({ type }) => type === 'maps') as { maps: { logOdds: Float32Array }[] };
  expect(sent.maps.map(({ logOdds }) => [...logOdds])).toEqual(shown.maps.map(({ logOdds }) => [...logOdds]));
});

test('min-max gives an encoder without a head, as SimCLR does', async () => {
  const result = await runJob(encoderJob({ epochs: 1 }, 'min-max'), contextOf());
  expect(result).toMatchObject({ encoder: { kind: 'simclr', classes: null }, accuracy: null });
  expect(Object.keys(weightsOf(result)).some((name) => /head|projection|adversary/.test(name))).toBe(false);
});

test('a randomised encoder has the same numbers in other places', () => {
  const other = randomised(encoder, 1);
  for (const [name, { shape, values }] of Object.entries(encoder.weights)) {
    const { shape: again, values: shuffled } = other.weights[name]!;
    expect(again).toEqual(shape);
    expect([...shuffled].sort()).toEqual([...values].sort());
  }
  expect(other.weights['stem.filter']!.values).not.toEqual(encoder.weights['stem.filter']!.values);
});

test('a mask that cannot see what the encoder knows is told by the randomised encoder', async () => {
  // With no rate to learn at, the mask stays what it was: the same for every encoder.
  const blind = { learningRate: 0, steps: 2, checkRandomisation: true };
  const result = await runJob(maskJob(encoder, 'positive', blind), contextOf());
  const { warnings } = result as Extract<JobResult, { kind: 'mask' }>;
  expect(warnings).toContainEqual(expect.stringContaining('randomised'));
});

test('a classifier is measured on images it was not trained on, clean and under noise', async () => {
  const result = await runJob(encoderJob(), contextOf());
  expect(result).toMatchObject({
    encoder: { kind: 'classifier', classes: ['disc', 'stripe'], inputSize: SIZE, embeddingSize: 16 },
    accuracy: {
      clean: expect.any(Number),
      at: { '0.5': expect.any(Number), '1.0': expect.any(Number), '1.5': expect.any(Number) },
    },
    agreement: null,
  });
});

test('working units: the folder has mean 0 in every channel and one deviation, 1', () => {
  const { mean, std } = encoder.normalisation;
  const values = imagesOf(24).flatMap((image) => [...pixelsOf(image, SIZE)]);
  // Held-out images do not count, so the figures differ a little from those of all.
  const overall = values.map((value, i) => (value - mean[i % 3]!) / std);
  expect(Math.abs(overall.reduce((a, b) => a + b, 0) / overall.length)).toBeLessThan(0.1);
  expect(Math.abs(overall.reduce((a, b) => a + b * b, 0) / overall.length - 1)).toBeLessThan(0.1);
});

test('a mask run tells loss, distance and bits, and sends previews', async () => {
  const context = contextOf();
  const result = await runJob(maskJob(encoder, 'positive'), context);
  const point = context.sent.find((message) => message.type === 'metric');
  expect(point).toMatchObject({
    point: { step: 1, loss: expect.any(Number), distance: expect.any(Number), bits: expect.any(Number) },
  });
  expect(context.sent.find(({ type }) => type === 'preview')).toMatchObject({
    width: SIZE / 4,
    height: SIZE / 4,
    maps: [{ imageId: 1 }, { imageId: 2 }],
  });
  expect(result).toMatchObject({
    model: { size: SIZE, scale: { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: encoder.normalisation.std } },
  });
});

test('one image alone can still have a mask', async () => {
  const images = imagesOf(1);
  const context = contextOf();
  await runJob({ ...maskJob(encoder, 'positive', { steps: 2 }), images, previews: [] }, context);
  expect(context.losses()).toHaveLength(2);
});

test('numbers that are not finite end a run at once', async () => {
  const broken = structuredClone(encoder);
  broken.weights['stem.filter']!.values.fill(Number.NaN);
  const context = contextOf();
  await expect(runJob(maskJob(broken, 'positive'), context)).rejects.toMatchObject({
    code: 'TRAINING_DIVERGED',
  });
  expect(context.losses()).toHaveLength(0);
});

test('an experiment of the lab stops when it is asked to, and leaves no tensors behind', async () => {
  const before = tf.memory().numTensors;
  for (const experiment of ['toy', 'monotone'] as const) {
    const config = { seed: 1, seeds: 1, quick: true };
    const job: Job = { kind: 'lab', experiment, config, images: [], classes: [] };
    const context = contextOf();
    const progress = () => context.sent.filter(({ type }) => type === 'progress').length;
    context.breathe = async () => (progress() >= 2 ? 'stop' : 'go');
    await expect(runJob(job, context)).rejects.toMatchObject({ code: 'STOPPED' });
    expect(progress()).toBe(2);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('too few images are said in a sentence', async () => {
  const few = { ...encoderJob(), images: imagesOf(3) };
  await expect(runJob(few, contextOf())).rejects.toMatchObject({ code: 'TOO_FEW_IMAGES' });
  await expect(runJob({ ...calibrationJob(encoder, 2), images: [] }, contextOf())).rejects.toMatchObject({
    code: 'TOO_FEW_IMAGES',
  });
});

test('maps: every image gets one; a file that cannot be decoded is listed and the others go on', async () => {
  const mask = await runJob(maskJob(encoder, 'positive', { steps: 1 }), contextOf());
  const context = contextOf();
  const { pixels } = context;
  context.pixels = async (image, size) => {
    if (image.id === 3) throw new PenumbraError('IMAGE_UNREADABLE', 'It cannot be decoded.');
    return pixels(image, size);
  };
  const before = tf.memory().numTensors;
  const result = await runJob(
    {
      ...{ kind: 'maps', mask: 'positive', images: imagesOf(7), config: { batch: 4 } },
      maskModel: (mask as Extract<JobResult, { kind: 'mask' }>).model,
    },
    context,
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(result).toEqual({
    kind: 'maps',
    failed: [{ id: 3, code: 'IMAGE_UNREADABLE', message: 'It cannot be decoded.' }],
  });
  const maps = context.sent.flatMap((message) => (message.type === 'maps' ? message.maps : []));
  expect(maps.map(({ imageId }) => imageId)).toEqual([1, 2, 4, 5, 6, 7]);
  for (const { width, height, logOdds } of maps) expect(logOdds).toHaveLength(width * height);
});
