import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { startEngine } from '../../../src/main/engine';
import { tf } from '../../../src/main/engine/tf';
import { convolveDilated } from '../../../src/main/models/dilation';
import { resizeBilinear } from '../../../src/main/models/resize';
import { type RsuShape, rsu, rsuWeights } from '../../../src/main/models/rsu';
import { NormalisedParameters } from '../../../src/main/models/runningStatistics';
import type { NamedArrays } from '../../../src/main/models/spec';
import { u2netWeights } from '../../../src/main/models/u2net';
import { Random } from '../../../src/main/noise/random';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await startEngine('wasm');

test.each([
  ['small', 1_131_181],
  ['full', 44_009_869],
] as const)('U2-Net, %s: %i parameters, as the published model', (size, published) => {
  const weights = u2netWeights(size, { normals: (out) => out });
  const trained = Object.entries(weights).filter(([name]) => !/\.(mean|variance)$/.test(name));
  expect(trained.reduce((sum, [, { values }]) => sum + values.length, 0)).toBe(published);
});

/** By the definition, one output pixel after the other. */
function dilatedByHand(x: Tensor4D, filter: Tensor4D, dilation: number): number[] {
  const [, h, w, from] = x.shape;
  const to = filter.shape[3];
  const [xs, fs] = [x.arraySync(), filter.arraySync()];
  const result: number[] = [];
  for (let y = 0; y < h; y++)
    for (let column = 0; column < w; column++)
      for (let o = 0; o < to; o++) {
        let sum = 0;
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            for (let c = 0; c < from; c++)
              sum +=
                (xs[0]![y + (i - 1) * dilation]?.[column + (j - 1) * dilation]?.[c] ?? 0) *
                fs[i]![j]![c]![o]!;
        result.push(sum);
      }
  return result;
}

describe.each([2, 4, 8])('a convolution dilated by %i', (dilation) => {
  const filter = normalTensor<Tensor4D>([3, 3, 2, 3], 2);
  const bias = tf.zeros([3]) as Tensor1D;
  test.each([
    [9, 7],
    [8, 8],
    [3, 11],
    [2, 2],
  ])('of an image of %i x %i pixels, by the definition', (h, w) => {
    const x = normalTensor<Tensor4D>([1, h, w, 2], 3);
    const expected = dilatedByHand(x, filter, dilation);
    const ours = convolveDilated(x, filter, bias, dilation).dataSync();
    expect(ours).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(ours[i]).toBeCloseTo(value, 4);
  });

  test('gradient by finite differences', () => {
    const x = normalTensor<Tensor4D>([1, 9, 7, 2], 3);
    expectGradient(
      (input) =>
        convolveDilated(input as Tensor4D, filter, bias, dilation)
          .square()
          .sum(),
      x,
    );
    expectGradient(
      (weights) =>
        convolveDilated(x, weights as Tensor4D, bias, dilation)
          .square()
          .sum(),
      filter,
    );
  });
});

test('bilinear resizing of a ramp keeps it a ramp, to any size', () => {
  const ramp = tf.range(0, 4).reshape([1, 1, 4, 1]).tile([2, 3, 1, 2]) as Tensor4D;
  const [, , row] = (resizeBilinear(ramp, 5, 8).arraySync() as number[][][][])[1]!;
  // Half-pixel centres: pixel i of 8 lies at (i + 1/2) / 2 - 1/2 of the 4, held at the ends.
  expect(row!.map(([value]) => value)).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  expectGradient(
    (x) =>
      resizeBilinear(x as Tensor4D, 5, 7)
        .square()
        .sum(),
    normalTensor([1, 3, 4, 2], 5),
  );
});

interface Answer {
  y: number[];
  dx: number[];
  dw: number[];
}

/** null where there is no PyTorch. */
function pytorch(given: Record<string, unknown>): Answer | null {
  const script = fileURLToPath(new URL('fixtures/rsu.py', import.meta.url));
  for (const python of ['python3', '/usr/bin/python3']) {
    const options = { input: JSON.stringify(given), encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
    const { status, stdout } = spawnSync(python, [script], options);
    if (status === 0) return JSON.parse(stdout) as Answer;
  }
  return null;
}

const plain = (x: Tensor4D) => ({ shape: x.shape, values: [...x.dataSync()] });

function expectClose(ours: Tensor, expected: number[]): void {
  const largest = Math.max(...expected.map(Math.abs));
  expect(ours.size).toBe(expected.length);
  for (const [i, value] of ours.dataSync().entries())
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4 * largest);
}

describe.each<[string, RsuShape, boolean]>([
  ['RSU-7', { levels: 7, flat: false, from: 3, middle: 4, to: 6 }, false],
  ['RSU-5', { levels: 5, flat: false, from: 6, middle: 2, to: 3 }, false],
  ['RSU-5 while training', { levels: 5, flat: false, from: 6, middle: 2, to: 3 }, true],
  ['RSU-4F', { levels: 4, flat: true, from: 5, middle: 3, to: 4 }, false],
  ['RSU-4F while training', { levels: 4, flat: true, from: 5, middle: 3, to: 4 }, true],
])('%s', (_, shape, training) => {
  const random = new Random(1, 0, 'weights');
  const weights: NamedArrays = rsuWeights('block', shape, random);
  // Running statistics and gains as a trained model has them.
  for (const [name, { values }] of Object.entries(weights))
    if (!name.endsWith('filter'))
      for (let i = 0; i < values.length; i++) values[i]! += 0.3 * Math.abs(random.normal());

  test('answers as PyTorch does, gradients included, on images of odd size', ({ skip }) => {
    const x = normalTensor<Tensor4D>([2, 33, 27, shape.from], 7);
    const weigh = normalTensor<Tensor4D>([2, 33, 27, shape.to], 9);
    const given = Object.entries(weights).map(([name, { shape: of, values }]) => [
      name,
      { shape: of, values: [...values] },
    ]);
    const expected = pytorch({
      ...{ levels: shape.levels, flat: shape.flat, training, weights: Object.fromEntries(given) },
      ...{ x: plain(x), weigh: plain(weigh) },
    });
    if (!expected) return skip('python3 with PyTorch is not here');
    const parameters = new NormalisedParameters(weights);
    const run = (input: Tensor4D) => tf.tidy(() => rsu({ parameters, training }, 'block', shape, input));
    expectClose(run(x), expected.y);
    expectClose(
      tf.grad((input) =>
        run(input as Tensor4D)
          .mul(weigh)
          .sum(),
      )(x),
      expected.dx,
    );
    const first = parameters.trained.get('block.enter.filter') as unknown as Variable;
    const { grads } = tf.variableGrads(() => run(x).mul(weigh).sum().asScalar(), [first]);
    expectClose(grads[first.name]!, expected.dw);
    parameters.dispose();
  });
});
