/** @file Comparison of the ONNX backend with TensorFlow.js' cpu backend. */
import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { registerOnnxBackend } from '../../../src/main/engine/onnx';
import { tf } from '../../../src/main/engine/tf';

/** The slow tests run the same on WebGPU. */
const device = process.env.PENUMBRA_TEST_DEVICE === 'webgpu' ? 'webgpu' : 'cpu';

export const onnx = registerOnnxBackend(tf, { name: 'onnx-under-test', threads: 1, device });

/** Deterministic values between -1 and 1 that differ from each other. */
export function values(shape: number[], seed = 1): Tensor {
  let state = seed >>> 0;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tf.tensor(data, shape);
}

async function compute(backend: string, run: () => Tensor | Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const results = tf.tidy(() => [run()].flat() as Tensor[]);
  const elements = results.map((result) => Array.from(result.dataSync()));
  tf.dispose(results);
  return elements;
}

/** Runs the same on both backends and expects the same numbers. @param tolerance relative to the largest element */
export async function expectAsOnCpu(run: () => Tensor | Tensor[], tolerance = 1e-5): Promise<void> {
  const expected = await compute('cpu', run);
  const actual = await compute(onnx.name, run);
  expect(actual.length).toBe(expected.length);
  for (const [index, reference] of expected.entries()) {
    expect(actual[index]!.length).toBe(reference.length);
    const scale = Math.max(1e-3, ...reference.map(Math.abs));
    for (const [i, value] of reference.entries())
      expect(Math.abs(actual[index]![i]! - value), `element ${i} of result ${index}`).toBeLessThan(
        tolerance * scale + 1e-12,
      );
  }
}

/** Expects the gradients of sum(weights * run(...inputs)) to be those of central differences on the cpu backend. */
export async function expectGradients(
  run: (...inputs: Tensor[]) => Tensor,
  shapes: number[][],
  tolerance = 2e-3,
): Promise<void> {
  const inputs = () => shapes.map((shape, index) => values(shape, 11 + index));
  const weighed = (...xs: Tensor[]) => {
    const y = run(...xs);
    return y.mul(values(y.shape, 97)).sum();
  };
  const actual = await compute(onnx.name, () => tf.grads(weighed)(inputs()));
  await tf.setBackend('cpu');
  const step = 1e-2;
  for (const [index, shape] of shapes.entries()) {
    const size = shape.reduce((a, b) => a * b, 1);
    const scale = Math.max(...actual[index]!.map(Math.abs));
    // A few places are enough: all of them are computed by the same loops.
    for (let k = 0; k < Math.min(5, size); k++) {
      const place = Math.floor(((k + 0.5) * size) / Math.min(5, size));
      const at = (delta: number) =>
        tf.tidy(() => {
          const xs = inputs();
          const data = xs[index]!.dataSync().slice();
          data[place]! += delta;
          xs[index] = tf.tensor(data, shape);
          return weighed(...xs).dataSync()[0]!;
        });
      const difference = (at(step) - at(-step)) / (2 * step);
      expect(Math.abs(actual[index]![place]! - difference), `place ${place} of input ${index}`).toBeLessThan(
        tolerance * scale + 1e-4,
      );
    }
  }
}
