import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { OnnxEngineError } from '../../../src/main/engine/onnx';
import { tf } from '../../../src/main/engine/tf';
import { onnx, values } from './onnxSupport';

beforeEach(async () => {
  await tf.setBackend(onnx.name);
});

/** A step of training a small network. */
function createStep() {
  const filters = [
    tf.variable(values([3, 3, 3, 8], 1).mul(0.3)),
    tf.variable(values([3, 3, 8, 4], 2).mul(0.3)),
  ];
  const optimizer = tf.train.adam(1e-3);
  const step = (seed: number) =>
    tf.tidy(() => {
      const x = values([2, 10, 10, 3], seed) as Tensor4D;
      const loss = (): Scalar => {
        const y = tf.conv2d(x, filters[0] as Tensor4D, 2, 'same').relu() as Tensor4D;
        return tf
          .conv2d(tf.maxPool(y, 2, 1, 'same'), filters[1] as Tensor4D, 1, 'same')
          .square()
          .mean();
      };
      return optimizer.minimize(loss, true)!;
    });
  const dispose = () => {
    tf.dispose(filters);
    optimizer.dispose();
  };
  return { step, dispose };
}

describe('recording', () => {
  it('computes nothing until a value is read, and then everything at once', () => {
    const runs = onnx.statistics().runs;
    const result = tf.tidy(() =>
      values([4, 4], 1)
        .mul(2)
        .add(1)
        .matMul(values([4, 4], 2))
        .softmax(),
    );
    expect(onnx.statistics().runs).toBe(runs);
    result.dataSync();
    expect(onnx.statistics().runs).toBe(runs + 1);
    result.dispose();
  });

  it('leaves out what was disposed of unread', () => {
    const kept = tf.tidy(() => {
      values([8, 8], 1).matMul(values([8, 8], 2));
      return values([8], 3).add(1);
    });
    kept.dataSync();
    expect(onnx.statistics().operators).toBe(1);
    kept.dispose();
  });

  it('reads promises and synchronously alike', async () => {
    const x = values([3, 5], 1);
    const y = x.transpose().square();
    expect([...(await y.data())]).toEqual([...y.dataSync()]);
    tf.dispose([x, y]);
  });

  it('a value that was read keeps its elements while others are computed', () => {
    const x = values([64, 64], 1);
    const first = x.add(1);
    const elements = first.dataSync();
    const before = [...elements];
    first.dispose();
    for (let i = 0; i < 5; i++) tf.tidy(() => x.mul(i).dataSync());
    expect([...elements]).toEqual(before);
    x.dispose();
  });
});

describe('sessions', () => {
  it('are compiled for the first two steps of training only', async () => {
    const { step, dispose } = createStep();
    const compiled: number[] = [];
    for (let i = 0; i < 12; i++) {
      const loss = step(i);
      await loss.data();
      loss.dispose();
      compiled.push(onnx.statistics().compiled);
    }
    expect(compiled.at(-1)).toBe(compiled[1]);
    dispose();
  });

  it('are shared by computations that differ in numbers only', () => {
    const scale = (factor: number) => tf.tidy(() => values([5, 7], 3).mul(factor).sub(factor).dataSync());
    scale(1);
    const { compiled } = onnx.statistics();
    for (const factor of [0, 1, -2, 0.5, 1e6]) {
      expect(scale(factor)[3]).toBeCloseTo(values([5, 7], 3).dataSync()[3]! * factor - factor, 1);
    }
    expect(onnx.statistics().compiled).toBe(compiled);
  });

  it('are shared by tensors filled with different numbers', () => {
    const filled = (value: number) =>
      tf.tidy(
        () =>
          values([5, 7], 3)
            .mul(tf.fill([5, 7], value))
            .dataSync()[3]!,
      );
    filled(2);
    const { compiled } = onnx.statistics();
    const one = filled(3) / 3;
    expect(filled(-0.5)).toBeCloseTo(-0.5 * one, 5);
    expect(onnx.statistics().compiled).toBe(compiled);
  });

  it('do not depend on where a batch lies in its data', () => {
    const data = values([40, 6], 1) as Tensor2D;
    const batch = (start: number) =>
      tf.tidy(() => data.slice([start, 0], [8, 6]).square().sum().dataSync()[0]);
    batch(0);
    const { compiled } = onnx.statistics();
    for (const start of [8, 16, 32]) batch(start);
    expect(onnx.statistics().compiled).toBe(compiled);
    data.dispose();
  });

  it('carry weights that stay the same, and forget them with the weights', () => {
    const filter = values([3, 3, 3, 8], 1) as Tensor4D;
    const run = (seed: number) =>
      tf.tidy(
        () =>
          tf
            .conv2d(values([1, 8, 8, 3], seed) as Tensor4D, filter, 1, 'same')
            .mean()
            .dataSync()[0]!,
      );
    const first = run(5);
    const compiled = [run(6), run(7), run(8)].map(() => onnx.statistics().compiled);
    run(9);
    expect(onnx.statistics().compiled).toBe(compiled[0]);
    expect(run(5)).toBeCloseTo(first, 6);
    const { sessions } = onnx.statistics();
    filter.dispose();
    expect(onnx.statistics().sessions).toBe(sessions - 1);
  });
});

describe('memory', () => {
  it('does not grow over hundreds of steps, read or not', async () => {
    const { step, dispose } = createStep();
    const run = async (count: number, read: boolean) => {
      for (let i = 0; i < count; i++) {
        const loss = step(i);
        if (read) await loss.data();
        loss.dispose();
      }
      onnx.flush();
    };
    const state = () => ({ tensors: tf.memory().numTensors, data: tf.backend().numDataIds() });
    await run(30, true);
    await run(30, false);
    const before = state();
    const resident = process.memoryUsage().rss;
    await run(200, true);
    await run(90, false);
    expect(state()).toEqual(before);
    expect(onnx.statistics().sessions).toBeLessThan(48);
    expect(process.memoryUsage().rss - resident).toBeLessThan(64 * 2 ** 20);
    dispose();
  });
});

describe('errors', () => {
  /** Indices that only the runtime can find wrong, as they are computed. */
  const faulty = () =>
    tf.gather(values([4, 3], 1), tf.tensor1d([1, 2], 'int32').mul(tf.scalar(9, 'int32')) as never);

  it('name the kernel and the shapes, and come to whoever reads', async () => {
    const result = tf.tidy(faulty);
    await expect(result.data()).rejects.toBeInstanceOf(OnnxEngineError);
    await expect(result.data()).rejects.toThrow(/GatherV2 of \[4,3\] and \[2\] to \[2,3\]/);
    result.dispose();
  });

  it('clear the graph: what is recorded afterwards is computed', () => {
    const bad = tf.tidy(faulty);
    const other = tf.tidy(() => values([2, 2], 1).add(1));
    expect(() => other.dataSync()).toThrow(/GatherV2/);
    // What was lost says so, and may not be built upon.
    expect(() => other.dataSync()).toThrow(/GatherV2/);
    expect(() => other.mul(2)).toThrow(/GatherV2/);
    const later: Tensor = tf.tidy(() => values([2, 2], 1).add(1));
    expect(later.dataSync().length).toBe(4);
    tf.dispose([bad, other, later]);
  });

  it('of wrong arguments come at once', () => {
    expect(() => tf.matMul(values([2, 3], 1) as Tensor2D, values([2, 3], 2) as Tensor2D)).toThrow(/inner/i);
  });
});

it('kernels that ONNX lacks run on the cpu backend and are counted', () => {
  const before = onnx.fallbackCounts().Atan2 ?? 0;
  const angle = tf.tidy(() => tf.atan2(tf.tensor1d([1]), tf.tensor1d([1])).dataSync()[0]);
  expect(angle).toBeCloseTo(Math.PI / 4, 5);
  expect(onnx.fallbackCounts().Atan2).toBe(before + 1);
});
