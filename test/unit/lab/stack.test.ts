import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { CosineAdam, crossEntropy, StackedMlp } from '../../../src/main/lab/stack';
import { ToyMembers } from '../../../src/main/lab/toy/members';
import { Random } from '../../../src/main/noise/random';
import { expectGradient, normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

const x = normalTensor([1, 6, 2], 1);
const labels = tf
  .oneHot(tf.tensor1d([0, 1, 1, 0, 1, 0], 'int32'), 2)
  .toFloat()
  .expandDims(0);

test('members are networks of their own: training one of two leaves the other as it is', () => {
  const stack = new StackedMlp(2, 2, 8, 2, new Random(1, 0, 'weights'));
  const both = x.tile([2, 1, 1]);
  const before = stack.run(both).arraySync();
  expect(before[0]).toEqual(before[1]);
  const optimizer = new CosineAdam(stack.variables, 1e-2, 10);
  const onlyFirst = tf.tensor1d([1, 0]);
  const first = (): number => crossEntropy(stack.run(both), labels).dataSync()[0]!;
  const start = first();
  for (let step = 0; step < 10; step++)
    optimizer.minimise(step, () => crossEntropy(stack.run(both), labels).mul(onlyFirst));
  expect(first()).toBeLessThan(start);
  expect(stack.run(both).arraySync()[1]).toEqual(before[1]);
  expect(stack.run(x, 1).arraySync()[0]).toEqual(stack.run(both).arraySync()[0]);
});

test('cross entropy by hand, and its gradient by finite differences', () => {
  const scores = tf.tensor3d([0, 0, Math.log(3), 0], [1, 2, 2]);
  const truth = tf.tensor3d([1, 0, 0, 1], [1, 2, 2]);
  // -log 1/2 and -log 1/4, averaged.
  expect(crossEntropy(scores, truth).dataSync()[0]).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 6);
  expectGradient((s) => crossEntropy(s as Tensor, labels).sum(), normalTensor([3, 6, 2], 2));
});

test('whatever the noise model says, every point has the entropy of its level', () => {
  const members = new ToyMembers([0.5, 2], 8, 1);
  const spread = members.variables[2]!;
  spread.assign(spread.mul(20));
  const sigma = members.deviations(x.mul(10)).arraySync() as [number, number][][];
  const limits = [Number.POSITIVE_INFINITY, 1, 0].flatMap((limit) => [limit, limit]);
  sigma.forEach((points, m) => {
    for (const [s0, s1] of points) {
      expect(Math.sqrt(s0 * s1)).toBeCloseTo([0.5, 2][m % 2]!, 4);
      expect(Math.abs(Math.log(s0 / s1)) / 2).toBeLessThanOrEqual(limits[m]! + 1e-5);
    }
  });
  expect(members.deviations(x, 2).arraySync()).toEqual(
    (members.deviations(x).arraySync() as unknown[]).slice(0, 2),
  );
});
