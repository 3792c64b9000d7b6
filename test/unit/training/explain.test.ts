/** The questions of whoever looks at an image, on drawn images. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ATTRIBUTIONS, attributionMethod } from '../../../src/contract/explain';
import { tf } from '../../../src/main/engine/tf';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { METHODS } from '../../../src/main/saliency/methods';
import { runJob } from '../../../src/main/training/jobs';
import type { ExplainAnswer, ExplainJob, JobResult } from '../../../src/main/training/protocol';
import { contextOf, encoderJob, imagesOf, SIZE } from './jobSupport';

await tf.setBackend('cpu');

let spec: EncoderSpec;
beforeAll(async () => {
  const result = await runJob(encoderJob({ epochs: 8 }), contextOf());
  spec = (result as Extract<JobResult, { kind: 'encoder' }>).encoder;
});

const scale = { sigmaMin: 0.02, sigmaMax: 4, pixelScale: 64 };
const flat = (value: number) => ({ width: 4, height: 4, values: new Float32Array(16).fill(value) });

async function ask<Type extends ExplainAnswer['type']>(
  task: ExplainJob['task'] & { type: Type },
  { encoder = { id: 1, spec } as ExplainJob['encoder'], images = imagesOf(1), seed = 1 } = {},
) {
  const job: ExplainJob = { kind: 'explain', encoder, images, size: SIZE, seed, task };
  const { answer } = (await runJob(job, contextOf())) as Extract<JobResult, { kind: 'explain' }>;
  return answer as Extract<ExplainAnswer, { type: Type }>;
}
const predict = (q: number | null, options = {}) =>
  ask({ type: 'predict', samples: 8, noise: q === null ? null : { fraction: flat(q), scale } }, options);

describe('a prediction', () => {
  test('without noise is the answer alone, a distribution over the classes', async () => {
    const { clean, noised, kept, similarity } = await predict(null);
    expect(clean!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect([noised, kept, similarity]).toEqual([null, null, null]);
  });

  test('is kept under hardly any noise, and moves under much', async () => {
    const quiet = await predict(0);
    expect(quiet.kept).toBe(1);
    expect(quiet.similarity!).toBeGreaterThan(0.99);
    quiet.clean!.forEach((p, i) => {
      expect(quiet.noised![i]!).toBeCloseTo(p, 1);
    });
    const loud = await predict(1);
    expect(loud.noised!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(loud.similarity!).toBeLessThan(quiet.similarity!);
  });

  test('is the same for the same seed', async () => {
    expect(await predict(0.8)).toEqual(await predict(0.8));
    expect((await predict(0.8, { seed: 2 })).noised).not.toEqual((await predict(0.8)).noised);
  });
});

describe('an attribution', () => {
  test.each(attributionMethod.options)(
    'by %s has a finite value a pixel, not all the same',
    async (method) => {
      const { width, height, values } = await ask({ type: 'attribute', method });
      expect([width, height, values.length]).toEqual([SIZE, SIZE, SIZE * SIZE]);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(1);
    },
  );

  test('is offered only where it is among the methods that are scored, and has a name', () => {
    for (const id of attributionMethod.options) {
      expect(METHODS.map((method) => method.id)).toContain(id);
      expect(ATTRIBUTIONS[id].title).toBeTruthy();
    }
  });
});

describe('a curve', () => {
  test('has a value an image, and uniform maps are as good as uniform noise', async () => {
    const images = imagesOf(3);
    const task = { type: 'curve' as const, logOdds: images.map(() => flat(0)), scale, budget: 0.7 };
    const { hasHead, learned, uniform } = await ask(task, { images });
    expect(hasHead).toBe(true);
    expect(learned).toHaveLength(3);
    expect(learned).toEqual(uniform);
  });
});

describe('the encoder', () => {
  test('is told once, stays loaded, and nothing else does', async () => {
    await predict(0.5);
    const before = tf.memory().numTensors;
    await predict(0.5, { encoder: { id: 1, spec: null } });
    await ask({ type: 'attribute', method: 'occlusion' }, { encoder: { id: 1, spec: null } });
    expect(tf.memory().numTensors).toBe(before);
    await predict(0.5, { encoder: { id: 2, spec } });
    expect(tf.memory().numTensors).toBe(before);
    await expect(predict(0.5, { encoder: { id: 3, spec: null } })).rejects.toThrow('was not told');
  });
});
