import type { Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { maskModelName } from '../../../src/contract/types';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { createMaskModel, maskModelFromSpec } from '../../../src/main/models/maskModel';
import { AdamW } from '../../../src/main/models/optimizer';
import { Random } from '../../../src/main/noise/random';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await startEngine('wasm');

/** The full U2-Net is U2-Net-P with more channels, and takes minutes. */
const names = maskModelName.options.filter((name) => name !== 'u2net');

describe.each(names)('%s', (name) => {
  const make = () => createMaskModel(name, new Random(1, 0, 'weights'));

  test('takes images of any size, and begins with noise spread almost evenly', () => {
    const mask = make();
    const part = name.startsWith('unet') ? 4 : 1;
    for (const [height, width] of [
      [16, 16],
      [19, 26],
    ] as const) {
      const a = mask.logOdds(normalTensor<Tensor4D>([2, height, width, 3], 2));
      expect(a.shape).toEqual([2, Math.ceil(height / part), Math.ceil(width / part), 1]);
      expect(a.abs().max().dataSync()[0]).toBeLessThan(1);
    }
    mask.dispose();
  });

  test('comes back from what is kept, running statistics included', async () => {
    const mask = make();
    const x = normalTensor<Tensor4D>([2, 16, 16, 3], 3);
    mask.trainingLogOdds(x).dispose();
    mask.learnStatistics();
    const again = maskModelFromSpec({ model: name, channels: [], weights: await mask.weights() });
    expect([...again.logOdds(x).dataSync()]).toEqual([...mask.logOdds(x).dataSync()]);
  });

  test('a training step leaves no tensors behind and moves the answer', () => {
    const mask = make();
    const optimizer = new AdamW(mask.variables, { learningRate: 1e-2, steps: 2 });
    const x = normalTensor<Tensor4D>([2, 16, 16, 3], 4);
    const before = [...mask.logOdds(x).dataSync()];
    const step = (i: number) => {
      optimizer.minimise(i, () => mask.trainingLogOdds(x).mean().asScalar()).dispose();
      mask.learnStatistics();
    };
    step(0);
    const tensors = tf.memory().numTensors;
    step(1);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...mask.logOdds(x).dataSync()]).not.toEqual(before);
    optimizer.dispose();
    mask.dispose();
  });
});

test('per-pixel: the answer at a pixel depends on that pixel alone', () => {
  const mask = createMaskModel('per-pixel', new Random(1, 0, 'weights'));
  const x = normalTensor<Tensor4D>([1, 6, 5, 3], 3);
  const gradient = tf.grad((input) => mask.logOdds(input as Tensor4D).slice([0, 2, 3, 0], [1, 1, 1, 1]))(x);
  const touched = gradient.abs().sum(3).greater(0).sum().dataSync()[0];
  expect(touched).toBe(1);
  expectGradient(
    (input) =>
      mask
        .logOdds(input as Tensor4D)
        .square()
        .sum(),
    x,
    { h: 1e-3 },
  );
});

test('a model kept before models had names is a U-Net of its channels', async () => {
  const old = createMaskModel([16, 24, 32, 48], new Random(1, 0, 'weights'));
  const x = normalTensor<Tensor4D>([1, 32, 32, 3], 3);
  const kept = { channels: [16, 24, 32, 48], weights: await old.weights() };
  expect([...maskModelFromSpec(kept).logOdds(x).dataSync()]).toEqual([...old.logOdds(x).dataSync()]);
  expect([
    ...maskModelFromSpec({ ...kept, model: 'unet-small' })
      .logOdds(x)
      .dataSync(),
  ]).toEqual([...old.logOdds(x).dataSync()]);
});
