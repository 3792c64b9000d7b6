import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { buildEncoder, trainableCopy } from '../../../src/main/models/encoder';
import { resnetStatistics, resnetWeights, TrainingResnet } from '../../../src/main/models/resnetTraining';
import type { EncoderSpec } from '../../../src/main/models/spec';
import { Random } from '../../../src/main/noise/random';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

const WIDTH = 4;
const x = normalTensor<Tensor4D>([4, 16, 16, 3], 1);

function net(): TrainingResnet {
  return new TrainingResnet(
    WIDTH,
    resnetWeights(WIDTH, 3, new Random(1, 0, 'weights')),
    resnetStatistics(WIDTH),
  );
}

async function encoderOf(trained: TrainingResnet): Promise<EncoderSpec> {
  return {
    ...{ kind: 'classifier', inputSize: 16, embeddingSize: 4 * WIDTH, classes: ['a', 'b', 'c'] },
    normalisation: { mean: [0, 0, 0], std: 1 },
    topology: { width: WIDTH },
    weights: await trained.folded(),
  };
}

test('folded, it answers as with batch normalisation once the running statistics are those of the batch', async () => {
  const trained = net();
  const expected = trained.features(x);
  // The same batch again and again: the running statistics, replaced by a tenth each time, become its own.
  for (let i = 0; i < 100; i++) {
    tf.tidy(() => trained.features(x));
    trained.learnStatistics();
  }
  const frozen = await buildEncoder(await encoderOf(trained));
  const answered = frozen.embed(x).dataSync();
  // 100 replacements leave 0.9^100 = 3e-5 of the beginning; variances differ by nothing else.
  for (const [i, value] of expected.dataSync().entries()) expect(answered[i]).toBeCloseTo(value, 2);
  expect(frozen.logits!(x).shape).toEqual([4, 3]);
  frozen.dispose();
  trained.dispose();
});

test('frozen, its gradient with respect to the image is right', async () => {
  const trained = net();
  trained.features(x);
  trained.learnStatistics();
  const frozen = await buildEncoder(await encoderOf(trained));
  const weights = normalTensor([4, 4 * WIDTH], 2);
  expectGradient(
    (input) =>
      frozen
        .embed(input as Tensor4D)
        .mul(weights)
        .sum(),
    x,
    { h: 3e-4, tolerance: 0.05 },
  );
});

test('a trainable copy has weights of its own', async () => {
  const encoder = await buildEncoder(await encoderOf(net()));
  const before = [...encoder.embed(x).dataSync()];
  const student = await trainableCopy(encoder);
  for (const variable of student.variables) variable.assign(variable.mul(0.5));
  expect([...encoder.embed(x).dataSync()]).toEqual(before);
  expect([...student.embed(x).dataSync()]).not.toEqual(before);
  const stored = await buildEncoder(await student.spec());
  expect([...stored.embed(x).dataSync()]).toEqual([...student.embed(x).dataSync()]);
});

test('cut at its last map, it goes on to the same answers', async () => {
  const trained = net();
  const encoder = await buildEncoder(await encoderOf(trained));
  const map = encoder.lastMap!.of(x);
  expect(map.shape).toEqual([4, 2, 2, 4 * WIDTH]);
  expect([...encoder.lastMap!.embed(map).dataSync()]).toEqual([...encoder.embed(x).dataSync()]);
  expect([...encoder.lastMap!.logits!(map).dataSync()]).toEqual([...encoder.logits!(x).dataSync()]);
  encoder.dispose();
  trained.dispose();
});
