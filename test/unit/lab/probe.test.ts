import { describe, expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { type Features, picksAt, probeError } from '../../../src/main/lab/probe';
import { Random } from '../../../src/main/noise/random';

await tf.setBackend('cpu');

const COUNT = 300;
const CLASSES = 10;
const labelsOf = (stream: string) =>
  Uint8Array.from({ length: COUNT }, (_, i) => new Random(1, i, stream).below(CLASSES));
/** The class as a one, another number at every example. */
const telling = (stream: string): Features => {
  const labels = labelsOf(stream);
  const values = Float32Array.from({ length: COUNT * CLASSES }, (_, i) =>
    Number(i % CLASSES === labels[Math.floor(i / CLASSES)]),
  );
  return { values, labels };
};
const blind = (stream: string): Features => ({
  values: new Random(1, 0, stream).normals(new Float32Array(COUNT * CLASSES)),
  labels: labelsOf(stream),
});
const PLAN = { classes: CLASSES, epochs: 40, batch: 50, seed: 1 };

test('every example comes once an epoch', () => {
  const seen = [0, 1, 2, 3].flatMap((step) => [...picksAt(step, 25, 100, 1)]);
  expect(new Set(seen).size).toBe(100);
  expect(picksAt(4, 25, 100, 1)).not.toEqual(picksAt(0, 25, 100, 1));
});

describe('features that tell the class, and features that do not', () => {
  test('a linear probe', async () => {
    const errorOf = (train: Features, held: Features) => probeError(train, held, PLAN, async () => {});
    expect(await errorOf(telling('train'), telling('test'))).toBe(0);
    expect(await errorOf(blind('train'), blind('test'))).toBeGreaterThan(0.8);
  });
});
