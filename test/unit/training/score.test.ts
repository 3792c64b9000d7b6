/** The score job on drawn images, whole. */
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { runJob } from '../../../src/main/training/jobs';
import type { JobResult, ScoreJob } from '../../../src/main/training/protocol';
import { temporaryFolder } from './fixtures/temporary';
import { contextOf, encoderJob, imagesOf, maskJob, SIZE } from './jobSupport';

await tf.setBackend('cpu');

type Result<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>;

let encoder: EncoderSpec;
let masks: ScoreJob['masks'];
let object: string;
beforeAll(async () => {
  encoder = ((await runJob(encoderJob(), contextOf())) as Result<'encoder'>).encoder;
  const { model } = (await runJob(maskJob(encoder, 'positive'), contextOf())) as Result<'mask'>;
  masks = [{ mask: 'positive', model }];
  object = join(temporaryFolder(), 'object.png');
  const inside = { create: { width: 8, height: 8, channels: 3 as const, background: '#ffffff' } };
  await sharp({ create: { width: 16, height: 16, channels: 3, background: '#000000' } })
    .composite([{ input: await sharp(inside).png().toBuffer(), left: 4, top: 4 }])
    .toFile(object);
});

const jobWith = (config: Partial<ScoreJob['config']>, objects = true): ScoreJob => ({
  ...{ kind: 'score', encoder, masks },
  images: imagesOf(5).map((image) => ({ ...image, object: objects ? object : null })),
  config: { size: SIZE, seed: 1, methods: [], faithful: 0, ...config },
});
const score = async (job: ScoreJob) => (await runJob(job, contextOf())) as Result<'score'>;

describe('score job', () => {
  test('masks and every baseline that works for the encoder, on each image, and nothing left behind', async () => {
    const before = tf.memory().numTensors;
    const { methods, budgets } = await score(jobWith({}));
    expect(tf.memory().numTensors).toBe(before);
    expect(methods.map(({ name }) => name)).toEqual([
      ...['positive-mask', 'gradient', 'gradient-blurred', 'smoothgrad', 'smoothgrad-blurred'],
      ...['integrated-gradients', 'integrated-gradients-blurred', 'grad-cam', 'occlusion', 'rise'],
      ...['centre', 'random'],
    ]);
    for (const { scores } of methods) {
      expect(scores.auroc!.images).toBe(5);
      expect(scores.auroc!.low).toBeLessThanOrEqual(scores.auroc!.mean);
      expect(scores.auroc!.high).toBeGreaterThanOrEqual(scores.auroc!.mean);
      expect(scores.deletion).toBeUndefined();
    }
    // The object is a square in the middle: whoever looks there is right.
    expect(methods.find(({ name }) => name === 'centre')!.scores.auroc!.mean).toBeGreaterThan(0.95);
    expect(Math.abs(methods.find(({ name }) => name === 'random')!.scores.auroc!.mean - 0.5)).toBeLessThan(
      0.12,
    );
    for (const { learned, uniform, shuffled } of budgets)
      for (const { mean } of [learned, uniform, shuffled]) {
        expect(mean).toBeGreaterThanOrEqual(0);
        expect(mean).toBeLessThanOrEqual(1);
      }
  });

  test('without object masks only what needs none', async () => {
    const { methods } = await score(jobWith({ methods: ['positive-mask', 'random'], faithful: 2 }, false));
    const [mask, random] = methods;
    expect(mask!.scores.auroc).toBeUndefined();
    for (const name of ['deletion', 'insertion', 'road', 'sensitivity'] as const)
      expect(mask!.scores[name]!.images).toBe(2);
    expect(mask!.scores.gini!.images).toBe(5);
    expect(mask!.scores.seeds).toBeUndefined();
    // Two draws of nothing agree in nothing; and no weight of the encoder matters to them.
    expect(Math.abs(random!.scores.seeds!.mean)).toBeLessThan(0.25);
    expect(random!.scores.randomisation!.mean).toBeCloseTo(1, 6);
  });

  test('a method that does not exist is named, with those that do', async () => {
    await expect(score(jobWith({ methods: ['lime'] }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('"lime" cannot be scored here; there are positive-mask, gradient'),
    });
  });
});
