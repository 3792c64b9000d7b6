import type { Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import {
  corrupted,
  drawsFor,
  learnedSigma,
  MASKS,
  masksOf,
  RANGE,
  reversed,
} from '../../../src/main/lab/mnist/corruption';
import { digitsFrom, PIXELS, readDigits } from '../../../src/main/lab/mnist/digits';
import {
  decoderWeights,
  encoderWeights,
  maskWeights,
  reconstructionLoss,
} from '../../../src/main/lab/mnist/network';
import { autoencoderLoss } from '../../../src/main/lab/mnist/run';
import { Parameters } from '../../../src/main/models/parameters';
import { Random } from '../../../src/main/noise/random';
import { mean } from '../../../src/main/noise/statistics';
import { normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

describe('files of digits', () => {
  const images = Buffer.alloc(16 + 2 * PIXELS, 255);
  for (const [i, value] of [0x803, 2, 28, 28].entries()) images.writeUInt32BE(value, 4 * i);
  const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]);

  test('are read as grey values from 0 to 1 and classes', () => {
    const digits = digitsFrom(images, labels, 10);
    expect([digits.count, digits.images.length, digits.images[0]]).toEqual([2, 2 * PIXELS, 1]);
    expect([...digits.labels]).toEqual([7, 3]);
    expect(digitsFrom(images, labels, 1).images).toHaveLength(PIXELS);
  });

  test.each([
    ['cut off', images.subarray(0, 800), labels],
    ['empty', Buffer.alloc(0), labels],
    ['of another kind', labels, labels],
    ['not as many labels', images, Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 7])],
  ])('that are %s are refused in a sentence', (_, some, names) => {
    expect(() => digitsFrom(some, names, 10)).toThrow(expect.objectContaining({ code: 'DIGITS_MISSING' }));
  });

  test('the package holds all of them', async () => {
    const { train, test: held } = await readDigits({ train: 60_000, test: 10_000 });
    expect([train.count, held.count]).toEqual([60_000, 10_000]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...held.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });
});

describe('what an autoencoder sees', () => {
  const x = tf.tidy(() => normalTensor<Tensor2D>([3, PIXELS], 1).sigmoid()) as Tensor2D;

  test('learned noise has the entropy of isotropic noise: the mean of log sigma is the same over every digit', () => {
    const sigma = learnedSigma(normalTensor<Tensor2D>([3, PIXELS], 2, 4), 0.5);
    for (const one of sigma.log().mean(1).dataSync()) expect(one).toBeCloseTo(Math.log(0.5), 3);
    expect(sigma.min().dataSync()[0]).toBeGreaterThan(0.5 / RANGE - 1e-4);
    expect(sigma.max().dataSync()[0]).toBeLessThan(0.5 * RANGE + 1e-4);
  });

  test('zeroing leaves the share it should', () => {
    const draws = drawsFor({ kind: 'zeroing', share: 0.25 }, 3, new Random(1, 0, 'draws'));
    const { view } = corrupted({ kind: 'zeroing', share: 0.25 }, x, null, draws, 0);
    expect(mean(view.dataSync().map((value) => Number(value === 0)))).toBeCloseTo(0.25, 1);
  });

  test('the N masks add up to one, and each belongs to its own answers', () => {
    const answers = normalTensor<Tensor2D>([2, MASKS * PIXELS], 3);
    const masks = masksOf(answers);
    expect(masks.shape).toEqual([2, MASKS, PIXELS]);
    for (const sum of masks.sum(1).dataSync()) expect(sum).toBeCloseTo(1, 5);
    const strong = tf.concat([tf.fill([2, PIXELS], 9), tf.zeros([2, (MASKS - 1) * PIXELS])], 1) as Tensor2D;
    expect(masksOf(strong).slice([0, 0, 0], [2, 1, PIXELS]).min().dataSync()[0]).toBeGreaterThan(0.99);
  });

  test('the mask climbs where the autoencoder descends', () => {
    const gradientOf = (turn: boolean) =>
      tf
        .grad((a) => (turn ? reversed(a) : a).square().sum())(tf.tensor1d([1, -2]))
        .dataSync();
    expect([...gradientOf(false)]).toEqual([2, -4]);
    expect([...gradientOf(true)]).toEqual([-2, 4]);
    const random = new Random(1, 0, 'weights');
    const weights = {
      ...encoderWeights(8, random),
      ...decoderWeights(8, random),
      ...maskWeights(PIXELS, random),
    };
    const parameters = new Parameters(weights);
    const draws = drawsFor({ kind: 'gaussian', sigma: 0.5 }, 3, new Random(1, 0, 'draws'));
    const gradients = [true, false].map((against) => {
      const how = { kind: 'learned', sigma: 0.5, against } as const;
      const { grads } = tf.variableGrads(
        () => autoencoderLoss(parameters, how, x, draws, 0),
        parameters.variables,
      );
      const of = (name: string) => grads[(parameters.get(name) as unknown as { name: string }).name]!;
      return { mask: of('mask.second.filter'), encoder: of('first.filter') };
    });
    const [against, together] = gradients as [(typeof gradients)[0], (typeof gradients)[0]];
    expect(against.mask.add(together.mask).abs().max().dataSync()[0]).toBeLessThan(1e-7);
    expect(against.mask.abs().max().dataSync()[0]).toBeGreaterThan(1e-7);
    expect(against.encoder.sub(together.encoder).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  });

  test('the loss of knowing nothing is log 2 a pixel', () => {
    expect(reconstructionLoss(tf.zeros([3, PIXELS]) as Tensor2D, x).dataSync()[0]).toBeCloseTo(Math.LN2, 5);
  });
});
