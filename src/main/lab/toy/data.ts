import type { Random } from '../../noise/random';

export interface ToyData {
  /** [count, 2], row by row. */
  x: Float32Array;
  /** 0 or 1. */
  labels: Uint8Array;
  /** The dimension that says nothing about the label. */
  irrelevant: Uint8Array;
}

/**
 * Eq. 4 of the paper: the label is 0 or 1; one dimension is uniform on (0, 5) or (5, 10) by the label, the other uniform on
 * (-10, 0) whatever the label; which is which is random.
 */
export function drawToy(count: number, random: Random): ToyData {
  const x = new Float32Array(2 * count);
  const labels = new Uint8Array(count);
  const irrelevant = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = random.below(2);
    const relevant = random.below(2);
    labels[i] = label;
    irrelevant[i] = 1 - relevant;
    x[2 * i + relevant] = random.uniform(5 * label, 5 * label + 5);
    x[2 * i + 1 - relevant] = random.uniform(-10, 0);
  }
  return { x, labels, irrelevant };
}
