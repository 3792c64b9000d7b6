import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LayersModel, Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { expectAsOnCpu, onnx, values } from './onnxSupport';

/** A small encoder-decoder with everything that training a mask model needs. */
function createModel() {
  const variable = (shape: number[], seed: number) => tf.variable(values(shape, seed).mul(0.4));
  const filters = [variable([3, 3, 3, 8], 1), variable([3, 3, 8, 8], 2), variable([1, 1, 11, 1], 3)];
  const gain = tf.variable(tf.ones([8]));
  const loss = (x: Tensor4D): Scalar => {
    let y = tf.conv2d(x, filters[0] as Tensor4D, 2, 'same');
    const { mean, variance } = tf.moments(y, [0, 1, 2]);
    y = y.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(gain).relu() as Tensor4D;
    y = tf.conv2d(tf.maxPool(y, 2, 2, 'same'), filters[1] as Tensor4D, 1, 'same').relu();
    // Without half pixels, for which the cpu backend's gradient is wrong.
    const wide = tf.concat([tf.image.resizeBilinear(y as Tensor4D, [8, 8]), x], 3);
    const mask = tf.conv2d(wide as Tensor4D, filters[2] as Tensor4D, 1, 'same');
    return mask.sub(x.mean(3, true)).square().mean();
  };
  return { variables: [...filters, gain], loss };
}

const OPTIMIZERS = {
  adam: () => tf.train.adam(1e-2),
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  rmsprop: () => tf.train.rmsprop(1e-2, 0.9, 0.5),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.5),
  adamax: () => tf.train.adamax(1e-2),
};

async function losses(backend: string, optimizer: keyof typeof OPTIMIZERS): Promise<number[]> {
  await tf.setBackend(backend);
  const { variables, loss } = createModel();
  const update = OPTIMIZERS[optimizer]();
  const results: number[] = [];
  for (let step = 0; step < 6; step++) {
    const value = tf.tidy(
      () => update.minimize(() => loss(values([2, 8, 8, 3], 50 + step) as Tensor4D), true)!,
    );
    results.push((await value.data())[0]!);
    value.dispose();
  }
  tf.dispose(variables);
  update.dispose();
  return results;
}

describe('training', () => {
  for (const optimizer of Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[])
    it(`with ${optimizer} goes as on the cpu backend`, async () => {
      const expected = await losses('cpu', optimizer);
      const actual = await losses(onnx.name, optimizer);
      for (const [step, value] of expected.entries()) expect(actual[step]).toBeCloseTo(value, 4);
    });

  it('with an optimizer written by hand goes as on the cpu backend', async () => {
    const run = async (backend: string) => {
      await tf.setBackend(backend);
      const { variables, loss } = createModel();
      const slots = variables.map(
        (v) => [tf.variable(tf.zerosLike(v)), tf.variable(tf.zerosLike(v))] as const,
      );
      for (let step = 1; step <= 6; step++)
        tf.tidy(() => {
          const { grads } = tf.variableGrads(() => loss(values([2, 8, 8, 3], 50 + step) as Tensor4D));
          for (const [i, v] of variables.entries()) {
            const gradient = grads[v.name]!;
            const [m, s] = slots[i]!;
            m.assign(m.mul(0.9).add(gradient.mul(0.1)));
            s.assign(s.mul(0.999).add(gradient.square().mul(0.001)));
            const rate = (1e-2 * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
            v.assign(v.sub(m.div(s.sqrt().add(1e-8)).mul(rate)).sub(v.mul(1e-4)) as Variable);
          }
        });
      const weights = variables.flatMap((v) => [...v.dataSync()]);
      tf.dispose([...variables, ...slots.flat()]);
      return weights;
    };
    const expected = await run('cpu');
    const actual = await run(onnx.name);
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 3);
  });

  it('of a layers model goes as on the cpu backend', async () => {
    const learn = async (backend: string) => {
      await tf.setBackend(backend);
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [8, 8, 3],
            filters: 6,
            kernelSize: 3,
            activation: 'relu',
            kernelInitializer: tf.initializers.randomNormal({ stddev: 0.2, seed: 5 }),
          }),
          tf.layers.batchNormalization(),
          tf.layers.depthwiseConv2d({
            kernelSize: 3,
            strides: 2,
            depthwiseInitializer: tf.initializers.randomNormal({ stddev: 0.4, seed: 6 }),
          }),
          tf.layers.averagePooling2d({ poolSize: 2 }),
          tf.layers.flatten(),
          tf.layers.dense({
            units: 3,
            activation: 'softmax',
            kernelInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed: 7 }),
          }),
        ],
      });
      model.compile({ optimizer: tf.train.adam(1e-2), loss: 'categoricalCrossentropy' });
      const x = values([12, 8, 8, 3], 4);
      const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], 'int32'), 3);
      const { history } = await model.fit(x, y, { epochs: 3, batchSize: 4, shuffle: false, verbose: 0 });
      tf.dispose([x, y]);
      (model as LayersModel).dispose();
      return history.loss as number[];
    };
    const expected = await learn('cpu');
    const actual = await learn(onnx.name);
    for (const [epoch, value] of expected.entries()) expect(actual[epoch]).toBeCloseTo(value, 4);
  });
});

const ENCODERS = resolve(import.meta.dirname, '../../../../shared/data/encoders');
const MOBILENETS = ['mobilenet_v1_0.25_128', 'mobilenet_v2_1.0_224'].filter((name) =>
  existsSync(resolve(ENCODERS, name, 'model.json')),
);

/** Loads a stored graph model from files. */
function load(name: string) {
  const folder = resolve(ENCODERS, name);
  const { modelTopology, weightsManifest, format } = JSON.parse(
    readFileSync(resolve(folder, 'model.json'), 'utf8'),
  );
  const weightSpecs = weightsManifest.flatMap((group: { weights: object[] }) => group.weights);
  const paths = weightsManifest.flatMap((group: { paths: string[] }) => group.paths) as string[];
  const bytes = Buffer.concat(paths.map((path) => readFileSync(resolve(folder, path))));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return tf.loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData, format }));
}

describe.skipIf(MOBILENETS.length === 0)(
  'stored MobileNets (skipped where ../shared/data/encoders is absent)',
  () => {
    for (const name of MOBILENETS)
      it(`${name} gives the same embedding, and gradients to its input`, async () => {
        const size = 64;
        const run = async (backend: string) => {
          await tf.setBackend(backend);
          const model = await load(name);
          const input = model.inputs[0]!.name;
          const embed = (x: Tensor) => model.execute({ [input]: x }, 'features') as Tensor2D;
          const x = values([1, size, size, 3], 8);
          const outputs = tf.tidy(() => [
            embed(x),
            tf.grad((image: Tensor) => embed(image).square().sum())(x),
          ]);
          const elements = outputs.map((output) => Array.from(output.dataSync()));
          tf.dispose([outputs, x]);
          model.dispose();
          return elements;
        };
        const expected = await run('cpu');
        const actual = await run(onnx.name);
        for (const [k, reference] of expected.entries()) {
          const scale = Math.max(...reference.map(Math.abs));
          const error = Math.max(...reference.map((value, i) => Math.abs(value - actual[k]![i]!)));
          expect(error / scale).toBeLessThan(1e-3);
        }
      });
  },
);

it('gradients reach depthwise weights through a separable block', async () => {
  await expectAsOnCpu(() => {
    const [x, depthwise, pointwise] = [
      values([2, 8, 8, 4], 1),
      values([3, 3, 4, 1], 2),
      values([1, 1, 4, 6], 3),
    ];
    return tf.grads((...xs) => {
      const [a, d, p] = xs as [Tensor4D, Tensor4D, Tensor4D];
      const y = tf.depthwiseConv2d(a, d, 2, 'same').clipByValue(0, 6);
      return tf
        .conv2d(y as Tensor4D, p, 1, 'same')
        .clipByValue(0, 6)
        .mean();
    })([x!, depthwise!, pointwise!]);
  });
});

it('state outlives the session that computed it', async () => {
  await tf.setBackend(onnx.name);
  const state = tf.variable(values([64, 64], 1));
  const expected = Array.from(state.dataSync(), (value) => value * 2);
  // On a device the doubled state stays in memory of the session that computed it.
  tf.tidy(() => {
    state.assign(state.mul(2));
    state.sum().dataSync();
  });
  // More graphs than are kept, so that this session leaves.
  for (let rows = 1; rows <= 60; rows++) tf.tidy(() => tf.ones([rows, 3]).square().dataSync());
  expect(Array.from(state.dataSync())).toEqual(expected);
  const next = tf.tidy(() => state.add(1));
  state.dispose();
  // What was disposed of is given back when the next graph has run.
  expect(next.dataSync()[0]).toBeCloseTo(expected[0]! + 1, 6);
  next.dispose();
});
