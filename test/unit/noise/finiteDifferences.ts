/** Central differences of a scalar function of float32 values, against the gradient TensorFlow.js gives. */
import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { Random } from '../../../src/main/noise/random';

/** Values a test can be repeated with. */
export function normalTensor<T extends Tensor>(shape: number[], seed: number, scale = 1): T {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Random(seed, 0, 'test').normals(new Float32Array(size), scale);
  return tf.tensor(values, shape) as T;
}

/**
 * Compares directional derivatives: along a random direction d, (f(x + h d) - f(x - h d)) / 2h must be grad . d.
 * @param tolerance relative to |grad|, the size of grad . d for most directions: a ReLU's kinks move the difference by
 * about as much in a direction that happens to be flat as in a steep one
 */
export function expectGradient(
  f: (x: Tensor) => Tensor,
  x: Tensor,
  { h = 1e-2, tolerance = 0.02, directions = 4 } = {},
): void {
  const gradient = tf.grad(f)(x);
  const size = gradient.norm().dataSync()[0]!;
  for (let i = 0; i < directions; i++) {
    const direction = normalTensor(x.shape, 1000 + i);
    const analytic = tf.tidy(() => gradient.mul(direction).sum().dataSync()[0]!);
    const at = (sign: number) => tf.tidy(() => f(x.add(direction.mul(sign * h))).dataSync()[0]!);
    const numeric = (at(1) - at(-1)) / (2 * h);
    expect(Math.abs(analytic - numeric), `direction ${i}: ${analytic} against ${numeric}`).toBeLessThan(
      tolerance * size + 1e-6,
    );
  }
}
