import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { entropyBits } from '../../../src/contract/noiseMap';
import { tf } from '../../../src/main/engine/tf';
import { adiosLoss, darkened, sparsity } from '../../../src/main/noise/adios';
import { categoricalBits, drawCategorical, gumbels, gumbelView } from '../../../src/main/noise/categorical';
import { adios, multiplied } from '../../../src/main/noise/maskers/multiplied';
import { categorical, gaussian, learned, uniform, uniformBits } from '../../../src/main/noise/maskers/noise';
import {
  beit,
  GRID,
  mae,
  partPatches,
  randomBlocks,
  saltAndPepper,
  semmae,
  withinParts,
  zeroing,
} from '../../../src/main/noise/maskers/removal';
import type { Masker, Pictures } from '../../../src/main/noise/maskers/types';
import { Random } from '../../../src/main/noise/random';
import { mean } from '../../../src/main/noise/statistics';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

const SIZE = 32;
const random = (stream: string) => new Random(1, 0, stream);
const pictures: Pictures = {
  ...{ count: 4, size: SIZE, fill: [100, 110, 120] },
  values: Float32Array.from({ length: 4 * SIZE * SIZE * 3 }, (_, i) => (i * 37) % 256),
};
const SCALE = { sigmaMin: 0.02, sigmaMax: 1, pixelScale: 60 };
const maps = () => random('maps').normals(new Float32Array(4 * SIZE * SIZE), 2);
const parts = () => Uint8Array.from({ length: 4 * GRID * GRID }, (_, i) => Math.floor(i / 50) % 6);
const masks = () => Float32Array.from({ length: 4 * 3 * SIZE * SIZE }, (_, i) => ((i * 7) % 100) / 110);

const MASKERS: Masker[] = [
  ...[mae, beit, semmae(parts), zeroing, saltAndPepper, gaussian, uniform],
  ...[adios(masks, 3, false), adios(masks, 3, true), categorical(maps, SCALE)],
  ...[learned('learned-positive', '', maps, SCALE), learned('learned-negative', '', maps, SCALE)],
];

test.each(MASKERS)(
  '$name: loses the bits it is asked for, and the same ones for the same seed',
  async (masker) => {
    for (const bits of [4, 6]) {
      const { view, bits: lost } = await masker.mask(pictures, bits, random('mask'));
      expect(Math.abs(mean(lost) - bits)).toBeLessThan(0.15);
      expect(Math.min(...lost)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...lost)).toBeLessThanOrEqual(8);
      expect(view.every(Number.isFinite)).toBe(true);
      const again = await masker.mask(pictures, bits, random('mask'));
      expect(again.view).toEqual(view);
    }
  },
);

describe('patches', () => {
  test('a hidden patch is hidden whole, in the fill colour; the rest stays', () => {
    const { view, bits } = mae.mask(pictures, 4, random('mae')) as { view: Float32Array; bits: Float32Array };
    const side = SIZE / GRID;
    for (let p = 0; p < SIZE * SIZE; p++) {
      const [x, y] = [p % SIZE, Math.floor(p / SIZE)];
      const corner = (y - (y % side)) * SIZE + x - (x % side);
      expect(bits[p]).toBe(bits[corner]);
      expect(view[p * 3 + 2]).toBe(bits[p] === 8 ? 120 : pictures.values[p * 3 + 2]);
    }
  });

  test('BEiT hides exactly so many, in larger pieces than chance does', () => {
    const neighbours = (patches: Uint8Array) => {
      let pairs = 0;
      for (let at = 0; at < patches.length; at++)
        if ((at + 1) % GRID !== 0 && patches[at] && patches[at + 1]) pairs++;
      return pairs;
    };
    for (const count of [0, 1, 50, 102, GRID * GRID]) {
      const blocks = randomBlocks(count, random('blocks'));
      expect(blocks.reduce((a, b) => a + b, 0)).toBe(count);
    }
    // Of 102 patches at random 0.4 x 102 x 15/16 pairs are expected.
    expect(neighbours(randomBlocks(102, random('blocks')))).toBeGreaterThan(60);
  });

  test('SemMAE: whole parts at the end of training, all parts alike at its beginning', () => {
    expect([withinParts(0, 4), withinParts(3, 4)]).toEqual([1 - 1 / 16, 0]);
    const four = Uint8Array.from({ length: 256 }, (_, i) => i % 4);
    const hiddenOf = (patches: Uint8Array) =>
      [0, 1, 2, 3].map((part) => patches.filter((hidden, at) => hidden && four[at] === part).length);
    expect(hiddenOf(partPatches(four, 128, 0, random('parts'))).sort((a, b) => a - b)).toEqual([
      0, 0, 64, 64,
    ]);
    expect(hiddenOf(partPatches(four, 128, 1, random('parts')))).toEqual([32, 32, 32, 32]);
  });
});

describe('noise', () => {
  test('uniform: 0 bits without width, 8 over all values; Gaussian by its entropy', () => {
    expect([uniformBits(0), uniformBits(127.5)]).toEqual([0, 8]);
    const { view } = gaussian.mask(pictures, 5, random('gaussian')) as { view: Float32Array };
    const squares = mean(view.map((value, i) => (value - pictures.values[i]!) ** 2));
    expect(entropyBits(Math.sqrt(squares))).toBeCloseTo(5, 1);
  });

  test('categorical: a known value has no entropy, a flat distribution 8 bits, and far from the ends it is that of a rounded normal', () => {
    expect(categoricalBits(120, 0.05)).toBeCloseTo(0, 5);
    expect(categoricalBits(120, 400)).toBeGreaterThan(7.98);
    for (const sigma of [3, 10, 20]) expect(categoricalBits(127, sigma)).toBeCloseTo(entropyBits(sigma), 1);
    // At the end of the range half the distribution is cut off.
    expect(categoricalBits(0, 20)).toBeCloseTo(entropyBits(20) - 1, 1);
    const drawn = Array.from({ length: 2000 }, (_, i) => drawCategorical(250, 20, new Random(1, i, 'draw')));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(255);
  });

  test('Gumbel-softmax: cold it is a draw of the categorical distribution, warm an average with less noise; its gradient is true', () => {
    const x = tf.fill([1, 20, 20, 3], 128) as Tensor4D;
    const sigma = tf.fill([1, 20, 20, 1], 10) as Tensor4D;
    const g = tf.tensor2d(gumbels(1200 * 256, random('gumbel')), [1200, 256]);
    const varianceAt = (temperature: number) =>
      gumbelView(x, sigma, g, temperature).sub(x).square().mean().dataSync()[0]!;
    expect(varianceAt(0.01)).toBeGreaterThan(90);
    expect(varianceAt(0.01)).toBeLessThan(110);
    expect(varianceAt(2)).toBeLessThan(30);
    const few = tf.tensor2d(gumbels(12 * 256, random('few')), [12, 256]);
    const small = tf.fill([1, 2, 2, 3], 128) as Tensor4D;
    expectGradient(
      (log) =>
        gumbelView(small, log.exp() as Tensor4D, few, 1)
          .square()
          .mean()
          .div(1e3),
      tf.fill([1, 2, 2, 1], Math.log(10)),
    );
  });
});

describe('real-valued masks', () => {
  const half = new Float32Array(4 * SIZE * SIZE).fill(0.5);

  test('whoever knows the factor divides again; rounding leaves fewer values', () => {
    const { view, factor } = multiplied(pictures, half, 3, false);
    expect(factor![0]).toBeCloseTo(1 / 8, 4);
    view.forEach((value, i) => {
      expect(value / factor![Math.floor(i / 3)]!).toBeCloseTo(pictures.values[i]!, 3);
    });
    const rounded = multiplied(pictures, half, 3, true).view;
    expect(new Set(rounded).size).toBe(33);
  });

  test('1 is black, 0 changes nothing', () => {
    const x = normalTensor<Tensor4D>([1, 2, 2, 3], 1);
    const black: [number, number, number] = [-1, -2, -3];
    expect(darkened(x, tf.ones([1, 2, 2, 1]) as Tensor4D, black).arraySync()[0]![1]![1]).toEqual([
      -1, -2, -3,
    ]);
    const same = darkened(x, tf.zeros([1, 2, 2, 1]) as Tensor4D, black);
    expect(same.sub(x).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  });

  test('the penalty is 1 / sin(pi m), least at one half; the gradient of the loss is true', () => {
    expect(sparsity(tf.fill([2, 3, 3, 2], 0.5) as Tensor4D).dataSync()[0]).toBeCloseTo(1, 5);
    expect(sparsity(tf.fill([2, 3, 3, 4], 0.25) as Tensor4D).dataSync()[0]).toBeCloseTo(Math.SQRT2, 5);
    const x = normalTensor<Tensor4D>([2, 3, 3, 3], 1);
    const embed = (input: Tensor4D) => input.reshape([-1, 27]).tanh() as Tensor2D;
    const batch = { x, clean: embed(x), black: [-1, -1, -1] as [number, number, number] };
    expectGradient(
      (a) => adiosLoss(tf.softmax(a) as Tensor4D, embed, batch, 0.1, 1),
      normalTensor([2, 3, 3, 2], 2),
    );
  });
});
