import { expect, test } from 'vitest';
import { Random } from '../../../src/main/noise/random';

const draw = (seed: number, step: number, stream: string, count: number) =>
  new Random(seed, step, stream).normals(new Float32Array(count));

test('the same counter gives the same numbers, whatever was drawn before', () => {
  const alone = draw(1, 7, 'noise', 100);
  draw(1, 6, 'noise', 1000);
  expect(draw(1, 7, 'noise', 100)).toEqual(alone);
});

test('seed, step and stream each give other numbers', () => {
  const base = draw(1, 7, 'noise', 10);
  for (const other of [draw(2, 7, 'noise', 10), draw(1, 8, 'noise', 10), draw(1, 7, 'flips', 10)])
    expect(other).not.toEqual(base);
});

test('normals have the moments and quantiles of a standard normal', () => {
  const count = 400_000;
  const values = draw(3, 0, 'moments', count);
  const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / count;
  // Five standard errors of each sample moment.
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / count));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  // P(Z < z) from tables; the last one lies in the ziggurat's tail.
  for (const [z, p] of [
    [-1.959964, 0.025],
    [0.67449, 0.75],
    [3.5, 0.999767],
  ] as const) {
    const share = values.filter((x) => x < z).length / count;
    expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count));
  }
});

test('neighbours, and the same place in consecutive steps, are uncorrelated', () => {
  const count = 100_000;
  const a = draw(5, 1, 'noise', count);
  const b = draw(5, 2, 'noise', count);
  let [neighbours, steps] = [0, 0];
  for (let i = 0; i < count; i++) {
    neighbours += a[i]! * a[(i + 1) % count]!;
    steps += a[i]! * b[i]!;
  }
  expect(Math.abs(neighbours / count)).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(steps / count)).toBeLessThan(5 / Math.sqrt(count));
});

test('a permutation holds every index once', () => {
  const order = new Random(1, 0, 'order').permutation(1000);
  expect([...order].sort((x, y) => x - y)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(order.slice(0, 5)).not.toEqual(Uint32Array.from([0, 1, 2, 3, 4]));
});
