import type { Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { Random } from '../../../src/main/noise/random';
import { confidences } from '../../../src/main/saliency/faithfulness/answers';
import { keptAt } from '../../../src/main/saliency/faithfulness/budgetCurve';
import { areaUnder, replacedBySaliency } from '../../../src/main/saliency/faithfulness/removal';
import { impute, roadScore, roadVersions } from '../../../src/main/saliency/faithfulness/road';
import { maxSensitivity } from '../../../src/main/saliency/faithfulness/sensitivity';
import { targetOf } from '../../../src/main/saliency/target';
import { normalTensor } from '../noise/finiteDifferences';
import { linearEmbedding, linearEncoder } from './encoders';

await tf.setBackend('cpu');

const breathe = async () => {};
const grey = (values: number[]): Float32Array => Float32Array.from(values.flatMap((v) => [v, v, v]));
const channel = (pixels: Float32Array): number[] => [...pixels].filter((_, i) => i % 3 === 0);

describe('deletion and insertion', () => {
  test('pixels go in the order of their saliency, a twentieth at a time', () => {
    const saliency = Float32Array.from({ length: 20 }, (_, i) => i);
    const versions = replacedBySaliency(saliency, grey(Array(20).fill(1)), grey(Array(20).fill(0)));
    expect(versions).toHaveLength(21);
    versions.forEach((version, step) => {
      expect(channel(version)).toEqual([...Array(20 - step).fill(1), ...Array(step).fill(0)]);
    });
  });

  test('area under a curve by the trapezoid rule', () => {
    expect(areaUnder([1, 1, 1])).toBe(1);
    expect(areaUnder([0, 0.5, 1])).toBe(0.5);
    expect(areaUnder([1, 0, 0, 0, 0])).toBeCloseTo(0.125, 12);
  });

  test('each version is judged by its own image: softmax of the class that the clean image got', async () => {
    const encoder = linearEmbedding(tf.eye(12).slice([0, 0], [12, 3]) as never, 2);
    const x = tf.tensor4d([3, 4, 0, ...Array(9).fill(0), 0, 0, 2, ...Array(9).fill(0)], [2, 2, 2, 3]);
    const target = targetOf(encoder, x);
    const version = (values: number[]) => Float32Array.from([...values, ...Array(9).fill(0)]);
    // Cosine to (3, 4, 0) / 5, and to (0, 0, 1).
    const first = await confidences(target, [version([1, 0, 0]), version([0, 1, 0])], 0, [2, 2], breathe);
    expect(first[0]).toBeCloseTo(0.6, 5);
    expect(first[1]).toBeCloseTo(0.8, 5);
    const [second] = await confidences(target, [version([1, 0, 1])], 1, [2, 2], breathe);
    expect(second).toBeCloseTo(Math.SQRT1_2, 5);
  });
});

describe('ROAD', () => {
  const still = { normals: (out: Float32Array) => out.fill(0) } as unknown as Random;

  test('a single removed pixel is the weighted mean of its neighbours: 1/6 direct, 1/12 diagonal', () => {
    const values = [1, 2, 3, 4, 99, 6, 7, 8, 9];
    const removed = Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const filled = channel(impute(grey(values), removed, [3, 3], still));
    expect(filled[4]).toBeCloseTo((2 + 4 + 6 + 8) / 6 + (1 + 3 + 7 + 9) / 12, 3);
    expect(filled.filter((_, i) => i !== 4)).toEqual(values.filter((_, i) => i !== 4));
  });

  test('removed neighbours share one linear system, and an edge counts the neighbours that exist', () => {
    // One row: places 1 and 2 of (6, ?, ?, 12) are the means of their two neighbours: 8 and 10.
    const filled = channel(impute(grey([6, 0, 0, 12]), Uint8Array.from([0, 1, 1, 0]), [1, 4], still));
    expect(filled[1]).toBeCloseTo(8, 2);
    expect(filled[2]).toBeCloseTo(10, 2);
  });

  test('when everything is removed nothing is known: the mean colour', () => {
    expect(channel(impute(grey([5, 6]), Uint8Array.from([1, 1]), [1, 2], still))).toEqual([0, 0]);
  });

  test('a filled pixel carries noise of deviation 0.01', () => {
    const size = 64;
    const removed = Uint8Array.from({ length: size * size }, (_, i) => i % 2);
    const filled = channel(
      impute(new Float32Array(size * size * 3), removed, [size, size], new Random(1, 0, 'road')),
    ).filter((_, i) => removed[i]);
    const deviation = Math.sqrt(filled.reduce((sum, v) => sum + v * v, 0) / filled.length);
    expect(Math.abs(deviation - 0.01)).toBeLessThan(5e-4);
  });

  test('most relevant first removes the highest, least relevant first the lowest', () => {
    const saliency = Float32Array.from({ length: 100 }, (_, i) => i);
    // A step edge of values: what is removed is filled with something else than 100.
    const pixels = grey(Array.from({ length: 100 }, (_, i) => (i % 2 ? 100 : -100)));
    const { morf, lerf } = roadVersions(saliency, pixels, [10, 10], still);
    const kept = (version: Float32Array) =>
      channel(version).flatMap((v, i) => (Math.abs(v) === 100 ? [i] : []));
    expect(kept(morf[0]!)).toEqual(Array.from({ length: 90 }, (_, i) => i));
    expect(kept(lerf[8]!)).toEqual(Array.from({ length: 10 }, (_, i) => 90 + i));
  });

  test('the score is half the difference of the means', () => {
    expect(roadScore([1, 0.8], [0.2, 0])).toBeCloseTo(0.4, 12);
    expect(roadScore([0.5], [0.5])).toBe(0);
  });
});

describe('max-sensitivity', () => {
  test('a map that follows the image moves as far as the image does', async () => {
    const x = tf.ones([1, 4, 4, 3]) as Tensor4D;
    const first = async (images: Tensor4D) => [Float32Array.from(channel(await images.data<'float32'>()))];
    const [sensitivity] = await maxSensitivity(x, await first(x), first, 1);
    // Uniform in +-0.05, relative to ones: 0.05 / sqrt(3) on average over the pixels.
    expect(sensitivity).toBeGreaterThan(0.05 / Math.sqrt(3) - 0.008);
    expect(sensitivity).toBeLessThan(0.05);
  });

  test('a map that does not look at the image does not move', async () => {
    const constant = async () => [Float32Array.from([1, 2])];
    expect(await maxSensitivity(normalTensor([1, 4, 4, 3], 1), await constant(), constant, 1)).toEqual([0]);
  });
});

describe('answers that stay at a budget', () => {
  const size = 4;
  const x = tf.ones([2, size, size, 3]).mul(tf.tensor([1, -1]).reshape([2, 1, 1, 1])) as Tensor4D;
  const scale = { sigmaMin: 1e-6, sigmaMax: 100 };
  // All that counts is the first pixel's first channel.
  const weights = new Float32Array(size * size * 3);
  weights[0] = 1;
  const sign = linearEncoder(weights, size);
  /** Log-odds that keep the first pixel of the first image, and the last of the second. */
  const logOdds = tf.tensor4d(
    Array.from({ length: 2 * size * size }, (_, i) => (i === 0 || i === 2 * size * size - 1 ? -60 : 60)),
    [2, size, size, 1],
  );

  test('noise beside what counts leaves the answer; the same noise elsewhere does not', async () => {
    const two = {
      ...sign,
      logits: (images: Tensor4D) =>
        tf.tidy(() => {
          const [answer] = tf.split(sign.logits!(images), 2, 1);
          return tf.concat([answer!, answer!.neg()], 1) as never;
        }),
    };
    // The first image's pixel moves by -5 sigma, so that its answer turns wherever there is noise on it.
    const eps = tf.ones([2, size, size, 3]).mul(-5) as Tensor4D;
    const kept = await keptAt(two, x, logOdds, eps, 15 / 16, scale);
    expect(kept.learned[0]).toBe(1);
    expect(kept.shuffled[0]).toBe(0);
    expect(kept.uniform[0]).toBe(0);
  });

  test('without a head it is the cosine to the clean embedding', async () => {
    const embedding = linearEmbedding(tf.eye(size * size * 3), size);
    const eps = tf.zeros([2, size, size, 3]) as Tensor4D;
    const { learned, uniform } = await keptAt(embedding, x, logOdds, eps, 0.5, scale);
    for (const cosine of [...learned, ...uniform]) expect(cosine).toBeCloseTo(1, 5);
  });
});
