import { tf } from '../../../src/main/engine/tf';

type Tensor = ReturnType<typeof tf.tensor>;

/** The values of the tensors that `compute` returns, computed on each backend; leaves the first one active. */
export async function onBackend(names: string[], compute: () => Tensor[]): Promise<Float32Array[][]> {
  const results: Float32Array[][] = [];
  for (const name of names) {
    await tf.setBackend(name);
    results.push(tf.tidy(() => compute().map((tensor) => tensor.dataSync() as Float32Array)));
  }
  await tf.setBackend(names[0]!);
  return results;
}

/** The largest difference between two lists of arrays, each relative to the largest value of its expected array. */
export function maxRelativeError(actual: ArrayLike<number>[], expected: ArrayLike<number>[]): number {
  let worst = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  expected.forEach((values, i) => {
    const other = actual[i];
    if (!other || other.length !== values.length) {
      worst = Number.POSITIVE_INFINITY;
      return;
    }
    let scale = 1e-12;
    for (let j = 0; j < values.length; j++) scale = Math.max(scale, Math.abs(values[j]!));
    for (let j = 0; j < values.length; j++) {
      const error = Math.abs(values[j]! - other[j]!) / scale;
      worst = Number.isFinite(error) ? Math.max(worst, error) : Number.POSITIVE_INFINITY;
    }
  });
  return worst;
}
