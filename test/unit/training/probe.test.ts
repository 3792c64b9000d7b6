/** Linear probes on drawn images: what they leave as it is, what they add, and on which images. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { buildEncoder } from '../../../src/main/models/encoder';
import { deserialise, serialise } from '../../../src/main/models/serialise';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { runJob } from '../../../src/main/training/jobs';
import { planProbe } from '../../../src/main/training/planProbe';
import type { JobImage, JobResult, ProbeJob } from '../../../src/main/training/protocol';
import { normalTensor } from '../noise/finiteDifferences';
import { picturesProject } from './fixtures/project';
import { calibrationJob, contextOf, encoderJob, imagesOf, pixelsOf, SIZE } from './jobSupport';

await tf.setBackend('cpu');

type Result<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>;

const classes = ['disc', 'stripe'];
const HELD = 8;
const x = () => normalTensor<Tensor4D>([3, SIZE, SIZE, 3], 5);

let bare: EncoderSpec;
let result: Result<'probe'>;
const probeJob = (encoder: EncoderSpec): ProbeJob => ({
  ...{ kind: 'probe', encoder, classes },
  images: imagesOf(32).map((image, i) => ({ ...image, held: i < HELD })),
});
beforeAll(async () => {
  const job = encoderJob({ epochs: 1 }, 'simclr');
  bare = ((await runJob(job, contextOf())) as Result<'encoder'>).encoder;
  result = (await runJob(probeJob(bare), inTwoColours())) as Result<'probe'>;
});

/** Images whose class their brightness gives away: no encoder can lose it. */
function inTwoColours() {
  const dimmed = (image: JobImage) =>
    pixelsOf(image, SIZE).map((value) => (image.label === 1 ? value : value / 3));
  return { ...contextOf(), pixels: async (image: JobImage) => dimmed(image) };
}

describe('probe job', () => {
  test('class scores are linear in the embedding, which is the same in every bit', async () => {
    const [before, after] = [await buildEncoder(bare), await buildEncoder(result.encoder)];
    expect(before.logits).toBeUndefined();
    expect([...after.embed(x()).dataSync()]).toEqual([...before.embed(x()).dataSync()]);
    const { filter, offset } = result.encoder.probe!;
    const expected = before.embed(x()).matMul(tf.tensor2d(filter.values, [bare.embeddingSize, 2]));
    const scores = expected.add(tf.tensor1d(offset.values)).dataSync();
    expect([...after.logits!(x()).dataSync()]).toEqual([...scores]);
    expect([...after.lastMap!.logits!(after.lastMap!.of(x())).dataSync()]).toEqual([...scores]);
    expect(after.classes).toEqual(classes);
    before.dispose();
    after.dispose();
  });

  test('tells the held-out images apart, and says which were taken for which', () => {
    const { counts } = result.confusion!;
    expect(counts.map((row) => row.reduce((a, b) => a + b))).toEqual([HELD / 2, HELD / 2]);
    expect(result.accuracy.clean).toBe((counts[0]![0]! + counts[1]![1]!) / HELD);
    expect(result.accuracy.clean).toBe(1);
    expect(result.warnings).toEqual([]);
  });

  test('one that guesses is said to be weak', async () => {
    const job = probeJob(bare);
    // Labels that no image shows: the held-out ones cannot be guessed better than by chance.
    const images = job.images.map((image, i) => ({ ...image, label: Math.floor(i / 2) % 2 }));
    const guessing = (await runJob({ ...job, images }, contextOf())) as Result<'probe'>;
    expect(guessing.warnings).toEqual([expect.stringMatching(/^The linear probe is right on only \d+ %/)]);
  });

  test('is stored with the encoder and outlives its calibration; nothing is left behind', async () => {
    const before = tf.memory().numTensors;
    const stored = deserialise<EncoderSpec>(serialise(result.encoder));
    expect(stored).toEqual(result.encoder);
    const calibrated = (await runJob(calibrationJob(stored, 2), contextOf())) as Result<'calibration'>;
    expect(calibrated.encoder.probe).toEqual(result.encoder.probe);
    expect(calibrated.encoder.weights).not.toEqual(result.encoder.weights);
    expect(calibrated.accuracy).not.toBeNull();
    await runJob(probeJob(bare), contextOf());
    expect(tf.memory().numTensors).toBe(before);
  });

  test('takes the place of class scores that were there', async () => {
    const { encoder } = (await runJob(encoderJob(), contextOf())) as Result<'encoder'>;
    const other = (await runJob(
      { ...probeJob(encoder), classes: ['a', 'b'] },
      contextOf(),
    )) as Result<'probe'>;
    const net = await buildEncoder(other.encoder);
    expect(net.classes).toEqual(['a', 'b']);
    const own = await buildEncoder(encoder);
    expect([...net.logits!(x()).dataSync()]).not.toEqual([...own.logits!(x()).dataSync()]);
    net.dispose();
    own.dispose();
  });

  test('stops on request', async () => {
    await expect(runJob(probeJob(bare), contextOf({ stopAfter: 0 }))).rejects.toMatchObject({
      code: 'STOPPED',
    });
  });
});

describe('images of a probe', () => {
  test('a quarter of every class is held out where no split is there for it; the seed says which', async () => {
    const store = await picturesProject(8);
    const plan = planProbe(store, { seed: 1 }, 'abc');
    expect(plan.classes).toEqual(['disc', 'square']);
    const held = plan.images.filter((image) => image.held);
    expect(held.map(({ label }) => label).sort()).toEqual([0, 0, 1, 1]);
    expect(plan.images).toHaveLength(16);
    expect(planProbe(store, { seed: 1 }, 'abc')).toEqual(plan);
    expect(planProbe(store, { seed: 2 }, 'abc').fingerprint).not.toBe(plan.fingerprint);
    expect(planProbe(store, { seed: 1 }, 'other').fingerprint).not.toBe(plan.fingerprint);
    expect(() => planProbe(store, { seed: 1, testSplit: 'val' }, 'abc')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
    store.close();
  });

  test('classes of too few images are no classes', async () => {
    const store = await picturesProject(4);
    expect(() => planProbe(store, { seed: 1 }, 'abc')).toThrow(
      expect.objectContaining({ code: 'TOO_FEW_IMAGES' }),
    );
    store.close();
  });
});
