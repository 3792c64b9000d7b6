import { expect, test } from 'vitest';
import { flicker, stillPixels } from '../../../src/main/lab/video/flicker';
import { poseAt } from '../../../src/main/library/demo/sequence';

test('flicker is the mean change, over all pixels or those that are asked for', () => {
  const [before, after] = [Float32Array.from([0, 0.5, 1, 1]), Float32Array.from([0.4, 0.5, 0.6, 1])];
  expect(flicker(before, after)).toBeCloseTo(0.2);
  expect(flicker(before, after, Uint8Array.from([1, 1, 0, 0]))).toBeCloseTo(0.2);
  expect(flicker(before, after, Uint8Array.from([0, 1, 0, 1]))).toBe(0);
});

test('pixels are still where neither object is, nor within four pixels of it', () => {
  const size = 20;
  const at = (x: number, y: number) => {
    const object = new Uint8Array(size * size);
    object[y * size + x] = 1;
    return object;
  };
  const still = stillPixels([at(0, 0), at(10, 10)], size);
  const of = (x: number, y: number) => still[y * size + x];
  expect([of(4, 4), of(5, 4), of(6, 10), of(14, 14), of(15, 10), of(19, 19)]).toEqual([0, 1, 0, 0, 1, 1]);
});

test('the object of a sequence stays inside, moves little from frame to frame, and ends where it began', () => {
  for (let frame = 0; frame < 24; frame++) {
    const [a, b] = [poseAt(frame / 24), poseAt((frame + 1) / 24)];
    // Half the side of a 100 x 100 drawing at this scale, turned by at most 25 degrees.
    const half = 50 * a.scale * 1.33;
    for (const place of [a.x, a.y]) {
      expect(place - half).toBeGreaterThan(-4);
      expect(place + half).toBeLessThan(104);
    }
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(10);
  }
  expect(poseAt(1).x).toBeCloseTo(poseAt(0).x);
});
