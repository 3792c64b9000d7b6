import { expect, test } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { fineness, semantics } from '../../../src/main/lab/maskers/properties';
import { drawPixels, labelBits, readBits, valueClasses } from '../../../src/main/lab/maskers/readers';
import { multiplied } from '../../../src/main/noise/maskers/multiplied';
import { mae, zeroing } from '../../../src/main/noise/maskers/removal';
import type { Masked, Pictures } from '../../../src/main/noise/maskers/types';
import { Random } from '../../../src/main/noise/random';

await tf.setBackend('cpu');

const SIZE = 32;
const pictures: Pictures = {
  ...{ count: 4, size: SIZE, fill: [0, 0, 0] },
  values: Float32Array.from({ length: 4 * SIZE * SIZE * 3 }, (_, i) => new Random(1, i, 'pixel').below(256)),
};

test('a mask that is the object follows it, whether it hides the object or the rest; a constant one does not', () => {
  const objects = [0, 1].map((k) =>
    Uint8Array.from({ length: 16 }, (_, i) => Number(Math.floor(i / 4) === k)),
  );
  const hiding = Float32Array.from([...objects[0]!, ...objects[1]!].map((one) => 8 * one));
  // AUROC of the own object 1; of the other's (4 of 12 others are hidden) 12 x 4 half and 8 x 4 wins lost: 1/3.
  expect(semantics(hiding, objects).semantic).toEqual([expect.closeTo(1 / 3), expect.closeTo(1 / 3)]);
  expect(semantics(hiding, objects).objects).toBe(1);
  const turned = semantics(
    hiding.map((bits) => 8 - bits),
    objects,
  );
  expect(turned.objects).toBe(0);
  expect(turned.semantic[0]).toBeCloseTo(1 / 3);
  expect(semantics(new Float32Array(32).fill(5), objects).semantic).toEqual([0, 0]);
  expect(semantics(hiding, [objects[0]!, null]).semantic).toEqual([0]);
});

test('patches vary between patches only, single pixels nearly only within them, a constant not at all', () => {
  const bitsOf = (masked: unknown) => (masked as Masked).bits;
  expect(fineness(bitsOf(mae.mask(pictures, 4, new Random(1, 0, 'a'))), SIZE)).toBe(0);
  // Independent pixels: (n - 1) / n of the variance lies within groups of n = 4.
  expect(fineness(bitsOf(zeroing.mask(pictures, 4, new Random(1, 0, 'b'))), SIZE)).toBeCloseTo(0.75, 1);
  expect(fineness(new Float32Array(SIZE * SIZE).fill(3), SIZE)).toBe(0);
});

test('classes of values are equally frequent, and four bits of them are there to read', () => {
  const classes = valueClasses(pictures.values);
  expect(labelBits(Uint8Array.from(pictures.values, (value) => classes[value]!))).toBeCloseTo(4, 2);
  expect(labelBits(new Uint8Array(100).fill(3))).toBe(0);
});

test('a reader names what is there: all of a clean pixel, all of a multiplied one, nothing of a removed one', async () => {
  const classes = valueClasses(pictures.values);
  const random = new Random(1, 0, 'read');
  const pixels = pictures.count * SIZE * SIZE;
  const clean: Masked = { view: pictures.values, bits: new Float32Array(pixels) };
  const gone: Masked = {
    view: new Float32Array(pictures.values.length),
    bits: new Float32Array(pixels).fill(8),
  };
  const dark = multiplied(pictures, new Float32Array(pixels).fill(0.5), 6, false);
  const all = [clean, dark, gone].map((masked) => drawPixels(pictures, masked, classes, random));
  const [whole, divided, nothing] = await readBits(all, 60, 1, async () => {});
  expect(whole).toBeGreaterThan(1.5);
  expect(divided).toBeGreaterThan(1.5);
  expect(nothing).toBeLessThan(0.1);
}, 300_000);
