import { expect, test } from 'vitest';
import { PixelCache } from '../../../src/main/training/pixelCache';

const images = Array.from({ length: 6 }, (_, i) => ({ id: i + 1, file: `/${i + 1}.png`, label: null }));

/** Images of 12 bytes each (2 x 2 x 3), and a record of what was decoded. */
function cache(options: { inOrder: boolean; limit?: number; ahead?: number }) {
  const decoded: string[] = [];
  const decode = async (file: string, size: number): Promise<Uint8Array> => {
    decoded.push(file);
    if (file === '/bad.png') throw new Error('damaged');
    return new Uint8Array(size * size * 3);
  };
  const { inOrder, ...bounds } = options;
  return { decoded, pixels: new PixelCache(images, inOrder, { decode, ...bounds }) };
}

const settle = () => new Promise(setImmediate);

test('an image is decoded once', async () => {
  const { pixels, decoded } = cache({ inOrder: false, limit: 0 });
  await Promise.all([pixels.get(images[0]!, 2), pixels.get(images[0]!, 2)]);
  expect(decoded).toEqual(['/1.png']);
});

test('where all fit, the others are decoded ahead in any order of use', async () => {
  const { pixels, decoded } = cache({ inOrder: false });
  await pixels.get(images[4]!, 2);
  await settle();
  expect(decoded.toSorted()).toEqual(images.map(({ file }) => file));
  expect(pixels.bytes).toBe(6 * 12);
});

test('memory stays under its limit, and the image used longest ago goes first', async () => {
  const { pixels, decoded } = cache({ inOrder: false, limit: 24 });
  for (const image of [images[0]!, images[1]!, images[0]!, images[2]!]) await pixels.get(image, 2);
  expect(pixels.bytes).toBe(24);
  await pixels.get(images[0]!, 2);
  expect(decoded).toHaveLength(3);
  await pixels.get(images[1]!, 2);
  expect(decoded).toHaveLength(4);
});

test('read in order, a few images ahead are ready before they are asked for', async () => {
  const { pixels, decoded } = cache({ inOrder: true, limit: 48, ahead: 2 });
  await pixels.get(images[0]!, 2);
  await settle();
  expect(decoded).toEqual(['/1.png', '/2.png', '/3.png']);
});

test('a damaged file fails for whoever asks, and is tried again', async () => {
  const { pixels, decoded } = cache({ inOrder: true, ahead: 0 });
  const bad = { id: 9, file: '/bad.png', label: null };
  await expect(pixels.get(bad, 2)).rejects.toThrow('damaged');
  await expect(pixels.get(bad, 2)).rejects.toThrow('damaged');
  expect(decoded).toHaveLength(2);
});
