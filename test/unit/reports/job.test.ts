/** The report job with real encoders on drawn images: with a head, without one, and with classes that are hardly there. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { reportContent } from '../../../src/contract/reports';
import { tf } from '../../../src/main/engine/tf';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { runJob } from '../../../src/main/training/jobs';
import type { JobContext, JobResult, ReportImage, ReportJob } from '../../../src/main/training/protocol';
import { contextOf, encoderJob, imagesOf, pixelsOf, SIZE } from '../training/jobSupport';

// Seconds alone; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

await tf.setBackend('cpu');

type Report = Extract<JobResult, { kind: 'report' }>;
const encoders = {} as Record<'classifier' | 'simclr', EncoderSpec>;
beforeAll(async () => {
  for (const kind of ['classifier', 'simclr'] as const) {
    const result = await runJob(encoderJob({ epochs: 1 }, kind), contextOf());
    if (result.kind !== 'encoder') throw new Error('no encoder came back');
    encoders[kind] = result.encoder;
  }
});

const COUNT = 24;
function jobWith(
  encoder: EncoderSpec,
  over: (image: ReportImage, i: number) => Partial<ReportImage> = () => ({}),
): ReportJob {
  const images = imagesOf(COUNT).map((image, i): ReportImage => {
    const values = Float32Array.from({ length: 16 }, (_, p) => Math.sin(p + i));
    const plain: ReportImage = {
      ...{ ...image, className: ['disc', 'stripe'][image.label!]!, split: null, width: 20, height: 10 },
      ...{ positive: { width: 4, height: 4, values }, negative: null, object: null, cues: [] },
    };
    return { ...plain, ...over(plain, i) };
  });
  return {
    ...{ kind: 'report', encoder, images, classes: ['disc', 'stripe'] },
    scales: { positive: { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 64 }, negative: null },
    config: { size: SIZE, seed: 1, perClass: 60, split: null, encoder: 'net', warnings: [] },
  };
}

/** As it is printed and kept. */
const stored = ({ content }: Report) =>
  reportContent
    .omit({ encoder: true, runs: true, objectsFrom: true, seconds: true })
    .parse(JSON.parse(JSON.stringify(content)));
const report = async (job: ReportJob, context: JobContext = contextOf()) =>
  (await runJob(job, context)) as Report;

describe('a report job', () => {
  test('with a head that knows the classes asks it; nothing is left behind', async () => {
    const before = tf.memory().numTensors;
    const result = await report(jobWith(encoders.classifier));
    expect(tf.memory().numTensors).toBe(before);
    expect(result.answers).toBe('head');
    expect(
      stored(result)
        .classes.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['disc', 'stripe']);
    expect(result.suspicion).toHaveLength(COUNT);
  });

  test('without a head answers by the nearest class mean', async () => {
    const result = await report(jobWith(encoders.simclr));
    expect(result.answers).toBe('prototypes');
    const { counts } = stored(result).confusion;
    expect(counts.flat().reduce((sum, value) => sum + value, 0)).toBe(COUNT);
  });

  test('a head that knows other classes is not asked', async () => {
    const job = { ...jobWith(encoders.classifier), classes: ['disc', 'star'] };
    expect((await report(job)).answers).toBe('prototypes');
  });

  test.each([
    ['one image', (_image: ReportImage, i: number) => ({ label: i === 1 ? 1 : 0 })],
    ['no image that can be read', (image: ReportImage) => ({ file: image.label === 1 ? 'broken' : 'fine' })],
  ])('a class with %s gets no verdict, and the figures are numbers', async (_name, over) => {
    const context: JobContext = {
      ...contextOf(),
      pixels: async (image, size) => {
        if (image.file === 'broken') throw new Error('not an image');
        return pixelsOf(image, size);
      },
    };
    const content = stored(await report(jobWith(encoders.classifier, over), context));
    expect(content.classes.find(({ name }) => name === 'stripe')!.verdict).toBe('insufficient');
    expect(content.summary.join(' ')).toContain('Too little data for a verdict on');
  });

  test('images that cannot be read are counted in a warning', async () => {
    const context: JobContext = {
      ...contextOf(),
      pixels: async (image, size) => {
        if (image.id <= 2) throw new Error('not an image');
        return pixelsOf(image, size);
      },
    };
    const { images, warnings } = stored(await report(jobWith(encoders.classifier), context));
    expect(images).toBe(COUNT - 2);
    expect(warnings).toContain('2 images could not be read and were left out.');
  });
});
