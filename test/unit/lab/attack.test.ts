import { expect, test } from 'vitest';
import { largest, noisePerturbation, perturbation } from '../../../src/main/lab/attack/perturbation';
import { Random } from '../../../src/main/noise/random';
import { mean } from '../../../src/main/noise/statistics';

const rms = (values: Float32Array): number => Math.sqrt(mean(values.map((value) => value * value)));
const values = new Random(1, 0, 'values').normals(new Float32Array(300));

test('a change has the size it should, however few pixels it is spread over, and is zero elsewhere', () => {
  const map = new Random(1, 0, 'map').normals(new Float32Array(100));
  for (const count of [1, 10, 100]) {
    const chosen = largest(map, count);
    expect(chosen.reduce((a, b) => a + b, 0)).toBe(count);
    for (const change of [perturbation(chosen, values, 4), noisePerturbation(chosen, values, 4)]) {
      expect(rms(change)).toBeCloseTo(4, 4);
      change.forEach((value, i) => {
        if (!chosen[Math.floor(i / 3)]) expect(value).toBe(0);
      });
    }
  }
});

test('the largest are chosen, and the sign is followed', () => {
  expect([...largest([1, 5, 3, 5], 2)]).toEqual([0, 1, 0, 1]);
  const change = perturbation(new Uint8Array([1, 0]), [-0.1, 2, 0.3, 1, 1, 1], 1);
  expect([...change].map((value) => Math.sign(value))).toEqual([-1, 1, 1, 0, 0, 0]);
});
