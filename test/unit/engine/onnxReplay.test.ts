/** Computations that are called again and again: results are those of recording, and recording ends where it may. */
import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repeated } from '../../../src/main/engine/onnx';
import { tf } from '../../../src/main/engine/tf';
import { onnx, values } from './onnxSupport';

beforeEach(() => tf.setBackend(onnx.name));

const made: Tensor[] = [];
const keep = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => {
  tf.dispose(made.splice(0));
});

/** Counts how often a computation is really recorded. */
function counted(compute: (inputs: Tensor[]) => Tensor[]) {
  let calls = 0;
  const run = repeated(tf, (inputs) => {
    calls++;
    return compute(inputs);
  });
  return { run, calls: () => calls };
}

async function numbers(tensors: Tensor[]): Promise<number[][]> {
  const read = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(tensors);
  return read;
}

/** Gradient descent on a convolution, with momentum, whose rate is an input. */
function createTraining() {
  const filter = keep(tf.variable(values([3, 3, 2, 4], 1)));
  const velocity = keep(tf.variable(tf.zeros([3, 3, 2, 4])));
  const update = ([x, rate]: Tensor[]): Tensor[] => {
    let shown: Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const y = tf.conv2d(x as Tensor4D, filter as unknown as Tensor4D, 1, 'same').relu();
      shown = tf.keep(y.mean([1, 2]));
      return y.sub(1).square().mean() as Scalar;
    }, [filter]);
    velocity.assign(velocity.mul(0.9).add(grads[filter.name]!));
    filter.assign(filter.sub(velocity.mul(rate!)));
    return [value, shown!];
  };
  return { filter, update };
}

async function train(wrap: (update: (inputs: Tensor[]) => Tensor[]) => (inputs: Tensor[]) => Tensor[]) {
  const { filter, update } = createTraining();
  const step = wrap(update);
  const losses: number[][][] = [];
  for (let i = 0; i < 12; i++) {
    const inputs = [values([2, 5, 5, 2], 20 + i), tf.scalar(0.1 / (i + 1))];
    losses.push(await numbers(step(inputs)));
    tf.dispose(inputs);
  }
  return { losses, filter: Array.from(await filter.data()) };
}

describe('a repeated computation', () => {
  it('trains to the same digits as one that is recorded at every step', async () => {
    const { replayed } = onnx.statistics();
    const expected = await train((update) => (inputs) => tf.tidy(() => update(inputs)));
    expect(onnx.statistics().replayed).toBe(replayed);
    const actual = await train((update) => repeated(tf, update));
    expect(actual).toEqual(expected);
    expect(onnx.statistics().replayed - replayed).toBeGreaterThanOrEqual(7);
  });

  it('leaves nothing behind', async () => {
    const { update } = createTraining();
    const step = repeated(tf, update);
    const run = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const inputs = [values([2, 5, 5, 2], i), tf.scalar(0.01)];
        await numbers(step(inputs));
        tf.dispose(inputs);
      }
    };
    const state = () => ({ tensors: tf.memory().numTensors, data: tf.backend().numDataIds() });
    await run(10);
    const before = state();
    await run(100);
    expect(state()).toEqual(before);
  });

  it('is recorded again for inputs of another shape, the same elements included', async () => {
    const { run, calls } = counted(([x]) => [x!.sum(0)]);
    const x = keep(values([2, 6], 1));
    const tall = keep(x.reshape([6, 2]));
    const all = Array.from(x.dataSync());
    const sums = (columns: number) =>
      Array.from({ length: columns }, (_, c) =>
        all.reduce((sum, value, i) => (i % columns === c ? Math.fround(sum + value) : sum), 0),
      );
    for (let i = 0; i < 6; i++) expect((await numbers(run([x])))[0]).toHaveLength(6);
    const settled = calls();
    expect(settled).toBeLessThan(5);
    const [[first, second]] = (await numbers(run([tall]))) as [[number, number]];
    expect(first).toBeCloseTo(sums(2)[0]!, 5);
    expect(second).toBeCloseTo(sums(2)[1]!, 5);
    expect(calls()).toBe(settled + 1);
  });

  it('is recorded at every call if it uses a number that changes and is not among its inputs', async () => {
    let factor = 0;
    const { run, calls } = counted(([x]) => [x!.mul(factor)]);
    const x = keep(tf.tensor1d([1, 2]));
    for (factor = 1; factor < 7; factor++) expect(await numbers(run([x]))).toEqual([[factor, 2 * factor]]);
    expect(calls()).toBe(6);
  });

  it('is recorded at every call if it uses a computed tensor that changes', async () => {
    let other: Tensor1D | undefined;
    const { run } = counted(([x]) => [x!.add(other!)]);
    const x = keep(tf.tensor1d([1, 2]));
    for (let i = 0; i < 6; i++) {
      other = tf.tidy(() => tf.tensor1d([i, i]).mul(2));
      other.dataSync();
      expect(await numbers(run([x]))).toEqual([[1 + 2 * i, 2 + 2 * i]]);
      other.dispose();
    }
  });

  it('is recorded at every call if something else than what it returns stays', async () => {
    const seen: Tensor[] = [];
    const { run, calls } = counted(([x]) => {
      seen.push(tf.keep(x!.mul(3)));
      return [x!.mul(2)];
    });
    for (let i = 0; i < 5; i++) {
      const x = tf.tensor1d([i]);
      expect(await numbers(run([x]))).toEqual([[2 * i]]);
      x.dispose();
    }
    expect(calls()).toBe(5);
    expect(await numbers(seen)).toEqual([[0], [3], [6], [9], [12]]);
  });

  it('tells tensors apart that were one when it was recorded', async () => {
    const { run } = counted(([a, b]) => [a!.sub(b!)]);
    const [one, two] = [keep(tf.tensor1d([1])), keep(tf.tensor1d([5]))];
    for (let i = 0; i < 6; i++) expect(await numbers(run([one, one]))).toEqual([[0]]);
    expect(await numbers(run([two, one]))).toEqual([[4]]);
  });

  it('takes results that nobody has read yet', async () => {
    const { run, calls } = counted(([x]) => [x!.add(1)]);
    for (let i = 0; i < 6; i++) {
      const x = tf.tidy(() => tf.tensor1d([i]).square());
      expect(await numbers(run([x]))).toEqual([[i * i + 1]]);
      x.dispose();
    }
    expect(calls()).toBeLessThan(5);
  });

  it('takes a variable as it is, whoever has assigned it', async () => {
    const weight = keep(tf.variable(tf.tensor1d([1])));
    const { run, calls } = counted(([x]) => [x!.mul(weight)]);
    const x = keep(tf.tensor1d([2]));
    for (let i = 0; i < 6; i++) {
      tf.tidy(() => weight.assign(tf.tensor1d([i])));
      expect(await numbers(run([x]))).toEqual([[2 * i]]);
    }
    expect(calls()).toBeLessThan(5);
  });

  it('is recorded again when a tensor that it uses is replaced, and its session has gone', async () => {
    const frozen = keep(values([3, 3, 1, 8], 3)) as Tensor4D;
    let filter = frozen;
    const { run, calls } = counted(([x]) => [tf.conv2d(x as Tensor4D, filter, 1, 'same').sum()]);
    const x = keep(values([1, 4, 4, 1], 4));
    let last = 0;
    for (let i = 0; i < 8; i++) [[last]] = (await numbers(run([x]))) as [[number]];
    const settled = calls();
    expect(settled).toBeLessThan(8);
    filter = keep(frozen.neg()) as Tensor4D;
    tf.dispose(made.splice(made.indexOf(frozen), 1));
    const [[turned]] = (await numbers(run([x]))) as [[number]];
    expect(turned).toBeCloseTo(-last, 4);
    expect(calls()).toBe(settled + 1);
  });

  // WebGPU takes an index that is out of bounds for the nearest one.
  it.skipIf(onnx.device === 'webgpu')('fails as it would without, and goes on', async () => {
    const { run } = counted(([table, rows]) => [tf.gather(table!, rows as Tensor1D)]);
    const table = keep(values([4, 2], 1));
    const at = (row: number) => keep(tf.tensor1d([row], 'int32'));
    for (let i = 0; i < 5; i++) expect((await numbers(run([table, at(i % 4)])))[0]).toHaveLength(2);
    expect(() => run([table, at(40)])).toThrow('GatherV2: the index value 40 is not in [0, 3]');
    expect((await numbers(run([table, at(1)])))[0]).toHaveLength(2);
  });

  it('is simply called on another backend', async () => {
    await tf.setBackend('cpu');
    const { run, calls } = counted(([x]) => [x!.mul(2)]);
    const x = keep(tf.tensor1d([3]));
    for (let i = 0; i < 4; i++) expect(await numbers(run([x]))).toEqual([[6]]);
    expect(calls()).toBe(4);
  });
});
