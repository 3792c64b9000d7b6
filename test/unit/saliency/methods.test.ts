import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { buildResnet } from '../../../src/main/models/resnet';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../../src/main/models/resnetTraining';
import type { Encoder } from '../../../src/main/models/types';
import { Random } from '../../../src/main/noise/random';
import { gaussianBlur } from '../../../src/main/saliency/blur';
import { METHODS } from '../../../src/main/saliency/methods';
import { integratedGradients } from '../../../src/main/saliency/methods/integratedGradients';
import type { Method } from '../../../src/main/saliency/methods/method';
import { auroc } from '../../../src/main/saliency/scores/auroc';
import { targetOf } from '../../../src/main/saliency/target';
import { normalTensor } from '../noise/finiteDifferences';
import { linearEmbedding, linearEncoder, pooledEncoder } from './encoders';

await tf.setBackend('cpu');

const SIZE = 8;
const PIXELS = SIZE * SIZE;
const breathe = async () => {};
const weights = new Random(1, 0, 'weights').normals(new Float32Array(PIXELS * 3));
const x = normalTensor<Tensor4D>([2, SIZE, SIZE, 3], 2);
const linear = linearEncoder(weights, SIZE);
/** Sum over channels of the sizes of the weights. */
const sizes = Float32Array.from({ length: PIXELS }, (_, i) =>
  [0, 1, 2].reduce((sum, c) => sum + Math.abs(weights[3 * i + c]!), 0),
);

const method = (id: string): Method => METHODS.find((each) => each.id === id)!;

async function maps(id: string, encoder: Encoder, images: Tensor4D, seed = 1): Promise<Float32Array[]> {
  const target = targetOf(encoder, images);
  const found = await method(id).compute(encoder, images, { target, seed, breathe });
  target.dispose();
  return found;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 4): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}

async function resnet(): Promise<Encoder> {
  const width = 4;
  const training = new TrainingResnet(
    width,
    resnetWeights(width, 3, new Random(1, 0, 'weights')),
    resnetStatistics(width),
  );
  for (let i = 0; i < 20; i++) {
    tf.tidy(() => training.features(normalTensor<Tensor4D>([4, 16, 16, 3], 50 + i)));
    training.learnStatistics();
  }
  return buildResnet({
    ...{ kind: 'classifier', inputSize: 16, embeddingSize: 16, classes: ['a', 'b', 'c'] },
    ...{ normalisation: { mean: [0, 0, 0], std: 1 }, topology: { width } },
    weights: await training.folded(),
  });
}

describe('a linear model', () => {
  test.each(['gradient', 'smoothgrad'])('has the weights as its %s', async (id) => {
    for (const map of await maps(id, linear, x)) expectClose(map, sizes);
  });

  test('has x w as its integrated gradients, exactly and with their signs', async () => {
    const target = targetOf(linear, x);
    const attribution = await integratedGradients(target, x, { breathe }, 3);
    const expected = x.dataSync().map((value, i) => value * weights[i % (PIXELS * 3)]!);
    expectClose(await attribution.data(), expected);
  });

  test('loses by an occluded patch what its pixels gave', async () => {
    // 12 / 64 of 8 px is a patch of 2 px (1.5 rounded), which moves by 1 px: 7 x 7 patches.
    const given = Array.from({ length: PIXELS }, (_, i) =>
      [0, 1, 2].reduce((sum, c) => sum + x.dataSync()[3 * i + c]! * weights[3 * i + c]!, 0),
    );
    const fall = (top: number, left: number) =>
      [0, 1, SIZE, SIZE + 1].reduce((sum, offset) => sum + given[top * SIZE + left + offset]!, 0);
    const [map] = await maps('occlusion', linear, x);
    expect(map![0]).toBeCloseTo(fall(0, 0), 3);
    // A pixel inside is covered by four patches.
    const four = (fall(2, 3) + fall(2, 4) + fall(3, 3) + fall(3, 4)) / 4;
    expect(map![3 * SIZE + 4]).toBeCloseTo(four, 3);
    expect(map![PIXELS - 1]).toBeCloseTo(fall(6, 6), 3);
  });
});

test("the embedding's gradient points where its clean direction grows", async () => {
  const w = normalTensor<Tensor2D>([PIXELS * 3, 5], 3);
  const encoder = linearEmbedding(w, SIZE);
  const [map] = await maps('gradient', encoder, x);
  const expected = tf.tidy(() => {
    const z = encoder.embed(x).slice([0, 0], [1, 5]);
    return w
      .matMul(z.div(z.norm()).transpose() as Tensor2D)
      .abs()
      .reshape([PIXELS, 3])
      .sum(1)
      .dataSync();
  });
  expectClose(map!, expected, 3);
});

test('integrated gradients add up to what the score gained since the baseline', async () => {
  const encoder = await resnet();
  const images = normalTensor<Tensor4D>([2, 16, 16, 3], 5);
  const target = targetOf(encoder, images);
  const attribution = await integratedGradients(target, images, { breathe }, 200);
  const sums = attribution.sum([1, 2, 3]).dataSync();
  const gained = target
    .score(images)
    .sub(target.score(tf.zerosLike(images) as Tensor4D))
    .dataSync();
  for (const [i, sum] of sums.entries())
    expect(Math.abs(sum - gained[i]!)).toBeLessThan(0.02 * Math.abs(gained[i]!) + 0.02);
});

test('Grad-CAM weighs each channel of the last map by the mean of its gradient', async () => {
  // Class b wins: mean of channel 0 is 1, of channel 1 is 2; head [[0, -1], [0, 3]].
  const head = tf.tensor2d([
    [0, -1],
    [0, 3],
  ]);
  const encoder = pooledEncoder(head, 4);
  const first = [4, 0, 0, 0];
  const second = [0, 0, 0, 8];
  const pixels = Array.from({ length: 16 }, (_, i) => {
    const cell = 2 * Math.floor(i / 8) + Math.floor((i % 4) / 2);
    return [first[cell]!, second[cell]!, 7];
  }).flat();
  const [map] = await maps('grad-cam', encoder, tf.tensor4d(pixels, [1, 4, 4, 3]));
  // Gradient of the logit: head / 4 places. Cells: relu(-1 x 4 / 4) = 0, 0, 0, 3 x 8 / 4 = 6; bilinear from 2 x 2 to 4 x 4
  // with half-pixel centres has weights 0, 1/4, 3/4, 1.
  const weight = [0, 0.25, 0.75, 1];
  expectClose(
    map!,
    Array.from({ length: 16 }, (_, i) => 6 * weight[Math.floor(i / 4)]! * weight[i % 4]!),
  );
});

test('RISE is even where the answer is always sure', async () => {
  const [map] = await maps('rise', linear, x);
  // Mean of 500 masks kept with chance 1/2, over 1/2: deviation at most sqrt(1/4) / sqrt(500) / 0.5 = 0.045.
  for (const value of map!) expect(Math.abs(value - 1)).toBeLessThan(0.2);
});

test('RISE, occlusion and gradients find the only patch that matters', async () => {
  const size = 16;
  const patch = (i: number) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return row >= 3 && row < 7 && column >= 9 && column < 13;
  };
  const inside = Array.from({ length: size * size }, (_, i) => Number(patch(i)));
  const w = Float32Array.from({ length: size * size * 3 }, (_, i) => inside[Math.floor(i / 3)]! / 24);
  // 0 against the patch's sum less one: the answer turns where less than half of the patch is left.
  const known = linearEncoder(w, size);
  const encoder: Encoder = {
    ...known,
    logits: (images) =>
      tf.tidy(() => {
        const sum = known.logits!(images).slice([0, 0], [-1, 1]);
        return tf.concat([sum.sub(1).mul(4), tf.zerosLike(sum)], 1) as Tensor2D;
      }),
  };
  const image = tf.ones([1, size, size, 3]) as Tensor4D;
  for (const id of ['rise', 'occlusion', 'gradient', 'gradient-blurred', 'integrated-gradients-blurred'])
    expect(auroc((await maps(id, encoder, image))[0]!, inside), id).toBeGreaterThan(0.9);
});

test('the centre prior falls from the middle, whatever the image', async () => {
  const [map] = await maps('centre', linear, x);
  expect(map![27]).toBeCloseTo(map![36]!, 6);
  expect(map![27]).toBeGreaterThan(map![26]!);
  expect(map![0]).toBe(Math.min(...map!));
});

test('random methods repeat with their seed, and differ with another', async () => {
  const encoder = await resnet();
  const image = normalTensor<Tensor4D>([1, 16, 16, 3], 6);
  for (const { id, random } of METHODS) {
    const [a] = await maps(id, encoder, image);
    const [b] = await maps(id, encoder, image);
    const [c] = await maps(id, encoder, image, 2);
    expect(a, id).toEqual(b);
    if (random) expect(a, id).not.toEqual(c);
    else expect(a, id).toEqual(c);
  }
});

test('methods leave no tensor behind', async () => {
  const encoder = await resnet();
  const image = normalTensor<Tensor4D>([2, 16, 16, 3], 7);
  for (const { id } of METHODS) {
    const before = tf.memory().numTensors;
    await maps(id, encoder, image);
    expect(tf.memory().numTensors, id).toBe(before);
  }
});

describe('blur', () => {
  test('keeps a constant, edges included', () => {
    expectClose(gaussianBlur(tf.fill([1, 5, 7, 2], 3) as Tensor4D, 1.5).dataSync(), new Array(70).fill(3));
  });
  test('of a point is the Gaussian', () => {
    const map = tf.buffer([1, 21, 21, 1]);
    map.set(1, 0, 10, 10, 0);
    const values = gaussianBlur(map.toTensor() as Tensor4D, 1.5).dataSync();
    // Along each side exp(-d^2 / 2 sigma^2) over the sum of all of them.
    const sum = Array.from({ length: 21 }, (_, i) => Math.exp(-((i - 10) ** 2) / 4.5)).reduce(
      (a, b) => a + b,
    );
    expect(values[10 * 21 + 10]).toBeCloseTo(1 / sum ** 2, 5);
    expect(values[12 * 21 + 9]).toBeCloseTo(Math.exp(-5 / 4.5) / sum ** 2, 5);
  });
});
