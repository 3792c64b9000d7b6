import type { Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { maskModelName } from '../../../src/contract/types';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { createMaskModel, maskModelFromSpec, type ReadEncoder } from '../../../src/main/models/maskModel';
import { AdamW } from '../../../src/main/models/optimizer';
import { Random } from '../../../src/main/noise/random';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await startEngine('wasm');

/** The full U2-Net is U2-Net-P with more channels, and takes minutes. */
const names = maskModelName.options.filter((name) => name !== 'u2net');

/** Two maps, of the image and of its square, a quarter and an eighth of its size. */
const encoder: ReadEncoder = {
  inputSize: 16,
  coarseMaps: (x) => tf.tidy(() => [tf.avgPool(x, 4, 4, 'same'), tf.avgPool(x.square(), 8, 8, 'same')]),
};

describe.each(names)('%s', (name) => {
  const make = () => createMaskModel(name, new Random(1, 0, 'weights'), undefined, encoder);

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

  test('draws the mirrored map of a mirrored image, at one size and at another', () => {
    const mask = make();
    for (const width of [16, 24]) {
      const x = normalTensor<Tensor4D>([2, 16, width, 3], 5);
      const drawn = mask.mirroredLogOdds(x);
      const mirrored = mask.mirroredLogOdds(x.reverse(2)).reverse(2);
      expect(drawn.shape).toEqual(mask.logOdds(x).shape);
      expect(drawn.sub(mirrored).abs().max().dataSync()[0]).toBeLessThan(1e-5);
      const both = mask
        .logOdds(x)
        .add(mask.logOdds(x.reverse(2)).reverse(2))
        .div(2);
      expect(drawn.sub(both).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    }
    mask.dispose();
  });

  test('comes back from what is kept, running statistics included', async () => {
    const mask = make();
    const x = normalTensor<Tensor4D>([2, 16, 16, 3], 3);
    mask.trainingLogOdds(x).dispose();
    mask.learnStatistics();
    const again = maskModelFromSpec({ model: name, channels: [], weights: await mask.weights() }, encoder);
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

describe('a mask model that reads the encoder', () => {
  const x = normalTensor<Tensor4D>([2, 32, 32, 3], 6);

  test('answers otherwise with another encoder, and leaves it to its owner', async () => {
    const mask = createMaskModel('unet-encoder', new Random(1, 0, 'weights'), 4, encoder);
    const stranger: ReadEncoder = { ...encoder, coarseMaps: (y) => encoder.coarseMaps!(y.mul(-1)) };
    const spec = { model: 'unet-encoder' as const, channels: [], weights: await mask.weights() };
    const other = maskModelFromSpec(spec, stranger);
    expect(other.logOdds(x).sub(mask.logOdds(x)).abs().max().dataSync()[0]).toBeGreaterThan(1e-4);
  });

  test('learns how to read it: every weight of a reading has the gradient of finite differences', async () => {
    const mask = createMaskModel('unet-encoder', new Random(2, 0, 'weights'), 4, encoder);
    const names = Object.keys(await mask.weights());
    const read = mask.variables.filter((_, i) => names[i]!.startsWith('read'));
    // A filter, a gain and an offset for each of the two maps.
    expect(read).toHaveLength(6);
    const loss = () => mask.trainingLogOdds(x).square().sum().mul(100).asScalar();
    const { grads } = tf.variableGrads(loss, read);
    const h = 1e-3;
    for (const variable of read) {
      const direction = normalTensor(variable.shape, 7);
      const at = (step: number) => {
        const before = variable.clone();
        variable.assign(before.add(direction.mul(step)));
        const value = loss().dataSync()[0]!;
        variable.assign(before);
        return value;
      };
      const slope = (at(h) - at(-h)) / (2 * h);
      const along = grads[variable.name]!.mul(direction).sum().dataSync()[0]!;
      expect(Math.abs(along - slope)).toBeLessThan(0.01 * Math.abs(slope) + 1e-3);
    }
  });

  test('is refused where there is nothing to read', () => {
    const refused = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => createMaskModel('unet-encoder', new Random(1, 0, 'weights'))).toThrow(refused);
    const mapless: ReadEncoder = { inputSize: 16 };
    expect(() => createMaskModel('unet-encoder', new Random(1, 0, 'weights'), 4, mapless)).toThrow(refused);
  });
});
