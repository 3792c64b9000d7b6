import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { embeddingHealth, knnError } from '../../../src/main/lab/ssl/features';
import { heldStill, standardised } from '../../../src/main/lab/ssl/frameworks';
import { runSsl, WAYS, withTestImages } from '../../../src/main/lab/ssl/run';
import { trainedByViews } from '../../../src/main/lab/ssl/train';
import type { Framework, SslMeasure, Way } from '../../../src/main/lab/ssl/types';
import { occluder, PATCHES, uniformSigma } from '../../../src/main/lab/ssl/ways';
import { summaryOf } from '../../../src/main/lab/summary';
import type { LabImage } from '../../../src/main/lab/types';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { noiseFractionOf } from '../../../src/main/noise/budget';
import { gaussianEntropy } from '../../../src/main/noise/entropy';
import { Random } from '../../../src/main/noise/random';
import { sigmaFrom, upsample } from '../../../src/main/noise/sampling';
import { runEncoderJob } from '../../../src/main/training/jobs/encoder';
import { Adversary, meanLoss } from '../../../src/main/training/jobs/minMax';
import { presetOf } from '../../../src/main/training/presets';
import type { EncoderJob } from '../../../src/main/training/protocol';
import { normalTensor } from '../noise/finiteDifferences';
import { contextOf, imagesOf, SIZE } from '../training/jobSupport';
import { ssl } from './examples';

await tf.setBackend('cpu');

const normals = (count: number, stream: string) => new Random(1, 0, stream).normals(new Float32Array(count));
const imagesFor = (training: number, tested: number): LabImage[] =>
  imagesOf(training + tested).map((image, i) => ({ ...image, test: i >= training, object: null }));

describe('nearest neighbours', () => {
  /** A direction for each class, and some noise. */
  const clustered = (stream: string, distance: number) => {
    const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 3);
    const values = normals(60 * 3, stream);
    labels.forEach((label, i) => {
      values[i * 3 + label]! += distance;
    });
    return { values, labels };
  };

  test('name what lies in clusters, and cannot name what does not', () => {
    expect(knnError(clustered('a', 20), clustered('b', 20), 3)).toBe(0);
    // Chance is 2/3; five standard errors of it over 60 are 0.30.
    expect(knnError(clustered('a', 0), clustered('b', 0), 3)).toBeGreaterThan(2 / 3 - 0.3);
  });

  test('go by direction, not by length', () => {
    const far = clustered('b', 20);
    expect(knnError(clustered('a', 20), { ...far, values: far.values.map((value) => 100 * value) }, 3)).toBe(
      0,
    );
  });
});

describe('embeddings', () => {
  const [count, size] = [2000, 6];

  test('independent normals point everywhere, in all dimensions', () => {
    const { spread, dimensions, warnings } = embeddingHealth(normals(count * size, 'z'), size);
    expect(spread).toBeGreaterThan(0.9);
    // (n s^2)^2 / (n s^4 + n^2 s^4 / count) = n / (1 + n / count).
    expect(dimensions).toBeCloseTo(size / (1 + size / count), 1);
    expect(warnings).toEqual([]);
  });

  test('all at one point', () => {
    const values = normals(count * size, 'z').map((value, i) => (i % size === 0 ? 10 : 0) + 0.01 * value);
    expect(embeddingHealth(values, size).warnings).toEqual([
      'the embeddings of different images are nearly the same',
    ]);
  });

  test('all along one line', () => {
    const along = normals(count, 'line');
    const values = Float32Array.from({ length: count * size }, (_, i) => along[Math.floor(i / size)]!);
    const { dimensions, warnings } = embeddingHealth(values, size);
    expect(dimensions).toBeCloseTo(1, 3);
    expect(warnings).toEqual(['the embeddings lie nearly along one line']);
  });

  test('dead ones are counted as collapsed', () => {
    expect(embeddingHealth(new Float32Array(12), 6)).toMatchObject({ dimensions: 0, spread: 1 });
    expect(embeddingHealth(new Float32Array(12), 6).warnings).toHaveLength(1);
  });
});

describe('SimSiam', () => {
  test('what is held still gives its value and no gradient', () => {
    const x = tf.tensor1d([1, -2, 3]);
    const gradient = tf.grad((y: Tensor) => y.mul(heldStill(y)).sum())(x);
    expect([...gradient.dataSync()]).toEqual([1, -2, 3]);
  });

  test('projections have mean 0 and variance 1 over the batch', () => {
    const z = standardised(normalTensor<Tensor2D>([50, 4], 1).mul(7).add(3) as Tensor2D);
    const { mean, variance } = tf.moments(z, 0);
    for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 5);
    for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 4);
  });
});

test('uniform noise has the entropy (Eq. 2) of learned noise at the same budget', () => {
  const a = normalTensor<Tensor4D>([2, 4, 4, 1], 3, 2);
  const scale = { sigmaMin: 0.02 * 1.2, sigmaMax: 1.2 };
  for (const budget of [0.2, 0.6]) {
    const q = noiseFractionOf(a, budget, 'image');
    const learned = gaussianEntropy(
      sigmaFrom(upsample(q, 16, 16), scale)
        .log()
        .mul(2),
    ).dataSync();
    const log = 2 * Math.log(uniformSigma(budget, 1.2));
    const [uniform] = gaussianEntropy(tf.fill([1, 16, 16, 1], log)).dataSync();
    for (const one of learned) expect(Math.abs(one - uniform!) / 256).toBeLessThan(1e-3);
  }
});

test('what a draw of noise does to first order cancels with its mirror image', async () => {
  const adversary = new Adversary(1);
  adversary.begin(1, undefined);
  const x = normalTensor<Tensor4D>([2, 16, 16, 3], 4);
  const eps = normalTensor<Tensor4D>([2, 16, 16, 3], 5);
  const tilt = normalTensor<Tensor4D>([2, 16, 16, 3], 6, 100);
  const views = adversary.mirrored(x, eps, 0.5, 1);
  const [once, turned] = views.map((view) => view.sub(x));
  expect(once!.add(turned!).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  // A loss that only tilts the image is the clean image's, however strong the noise.
  const tilted = (view: Tensor4D) => view.mul(tilt).mean() as Scalar;
  expect(meanLoss(views, tilted).dataSync()[0]).toBeCloseTo(tilted(x).dataSync()[0]!, 4);
  expect(Math.abs(tilted(views[0]).sub(tilted(x)).dataSync()[0]!)).toBeGreaterThan(0.01);
  adversary.dispose();
});

test('patches hide their share of every image, and nothing else', () => {
  const x = tf.ones([2, 32, 32, 3]) as Tensor4D;
  const units = { mean: [0, 0, 0], std: 1 } as { mean: [number, number, number]; std: number };
  const { view } = occluder('patches', 1)!.hide(x, 1, new Random(1, 0, 'hide'), units);
  for (const share of view().mean([1, 2, 3]).dataSync()) expect(share).toBeCloseTo(1 - PATCHES, 6);
  expect(new Set(view().dataSync())).toEqual(new Set([0, 1]));
});

test('few test images are joined by some of the training ones, always the same', () => {
  const images = imagesFor(400, 20);
  const more = withTestImages(images);
  expect(more.filter(({ test }) => test)).toHaveLength(120);
  expect(withTestImages(images)).toEqual(more);
  expect(more.slice(400).every(({ test }) => test)).toBe(true);
  expect(withTestImages(imagesFor(20, 200))).toEqual(imagesFor(20, 200));
});

/** Two steps: the second one hides. */
const trainedShortly = async (framework: Framework, way: Way, pictured: LabImage[] = []) => {
  const context = contextOf();
  const plan = { size: SIZE, epochs: 2, seed: 1 };
  const made = await trainedByViews(context, imagesFor(8, 0), { framework, way }, plan, pictured);
  return { ...made, losses: context.losses() };
};

describe.each(['simclr', 'simsiam'] as Framework[])('%s', (framework) => {
  test.each(WAYS)('against %s: trains, and leaves no tensors behind', async (way) => {
    const before = tf.memory().numTensors;
    const { losses } = await trainedShortly(framework, way);
    expect(losses).toHaveLength(2);
    for (const loss of losses) expect(Number.isFinite(loss)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('SimCLR against learned noise is the encoder that Train makes as min-max', async () => {
  const context = contextOf();
  const recipe = presetOf('draft', 'simclr').encoder;
  const config = { ...recipe, size: SIZE, epochs: 2, seed: 1, heldOut: 0 };
  const job: EncoderJob = {
    ...{ kind: 'encoder', encoder: 'min-max', images: imagesFor(8, 0), classes: [], config },
  };
  const trained = await runEncoderJob(job, context);
  const { spec, losses } = await trainedShortly('simclr', 'learned');
  expect(losses).toEqual(context.losses());
  const { weights } = (trained as { encoder: EncoderSpec }).encoder;
  for (const [name, values] of Object.entries(weights)) expect(spec.weights[name]).toEqual(values);
});

test('the same seed gives the same encoder and the same views', async () => {
  const pictured = imagesFor(2, 0);
  const first = await trainedShortly('simclr', 'learned', pictured);
  expect(first.views).toHaveLength(2 * SIZE * SIZE * 3);
  expect(await trainedShortly('simclr', 'learned', pictured)).toEqual(first);
});

test('what was done before is not done again: with every part kept nothing is trained', async () => {
  const keys: string[] = [];
  const measure: SslMeasure = { probe: 0.5, knn: 0.5, spread: 0.5, dimensions: 3, warnings: [] };
  const part = async <T>(key: string): Promise<T> => {
    keys.push(key);
    return { ...measure, images: null } as T;
  };
  const report = await runSsl(
    { seed: 3, seeds: 2, quick: true },
    { breathe: async () => {}, part, job: contextOf(), images: [], classes: ['a', 'b'] },
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(report.rows.map(({ measures }) => measures)).toEqual(report.rows.map(() => [measure, measure]));
});

test('learned noise is better only by more than chance makes', () => {
  const of = (words: string) => summaryOf(ssl).claims.find(({ paper }) => paper.includes(words))!;
  // 100 test images, two seeds: 0.5 sqrt(2 / 200) = 5 %.
  expect(of('with SimCLR, learned noise against augmentation alone')).toMatchObject({
    ours: '70.0 % by a linear probe against 60.0 %',
    holds: true,
  });
  const close = structuredClone(ssl);
  for (const { way, measures } of close.rows)
    if (way === 'learned') for (const measure of measures) measure.probe = 0.64;
  const claim = summaryOf(close).claims.find(({ paper }) =>
    paper.includes('with SimCLR, learned noise against aug'),
  )!;
  expect(claim).toMatchObject({ holds: false });
  expect(claim.ours).toContain('level, within the 5.0 % that chance makes');
  expect(of('collapses neither')).toMatchObject({ ours: 'signs in 1 of 10 rows', holds: false });
});
