import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mediaSource } from '../../../src/main/api/media';
import { type Opened, openProgram, scanned } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
});
afterEach(() => program.close());

const sizeOf = async (item: { load(): Promise<{ bytes: Uint8Array }> }) => {
  const { width, height, format } = await sharp((await item.load()).bytes).metadata();
  return [width, height, format];
};

it('shows images oriented, no larger than asked for and no larger than they are', async () => {
  // Orientation 6: the camera was turned, so 40 x 20 in the file is 20 x 40 to look at.
  const turned = sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } });
  await turned
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(join(program.images, 'cat', '0.jpg'));
  await scanned(program);
  const media = mediaSource(program.workspace);
  const { images } = await program.client.library.list({});
  const { id } = images.find(({ path }) => path === 'cat/0.jpg')!;
  expect(await sizeOf(media.image(id, null))).toEqual([20, 40, 'webp']);
  expect(await sizeOf(media.image(id, 10))).toEqual([5, 10, 'webp']);
  expect(await sizeOf(media.image(id, 1000))).toEqual([20, 40, 'webp']);
  expect(await sizeOf(media.thumbnail(id))).toEqual([20, 40, 'webp']);
});

it('shows small images without loss, and large ones quickly', async () => {
  const pixel = { r: 1, g: 2, b: 3 };
  const large = sharp({ create: { width: 1200, height: 900, channels: 3, background: pixel } });
  await large.png().toFile(join(program.images, 'cat', 'large.png'));
  await scanned(program);
  const media = mediaSource(program.workspace);
  const { images } = await program.client.library.list({});
  const byPath = (path: string) => media.image(images.find((image) => image.path === path)!.id, null);
  const { bytes } = await byPath('cat/1.png').load();
  expect((await sharp(bytes).raw().toBuffer()).subarray(0, 3)).toEqual(Buffer.from([0x33, 0x66, 0x99]));
  expect(await sizeOf(byPath('cat/large.png'))).toEqual([1200, 900, 'jpeg']);
});

it('gives maps as they are kept, and a new version when they are computed again', async () => {
  await scanned(program);
  const store = program.workspace.requireStore();
  const media = mediaSource(program.workspace);
  const after = { encoderId: null, after: null, config: {}, steps: 1 };
  const runId = store.addRun({ kind: 'mask', mask: 'positive', title: 'Positive mask', ...after });
  const put = (value: number) =>
    store.putMaps(
      [
        {
          ...{ runId, imageId: 1, width: 2, height: 1, meanBits: 1, totalBits: 2 },
          logOdds: Float32Array.of(value, -2),
        },
      ],
      { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 60 },
    );
  put(0.5);
  const map = media.map(runId, 1);
  expect(map.headers).toEqual({ 'x-map-width': '2', 'x-map-height': '1' });
  const { bytes, type } = await map.load();
  expect(type).toBe('application/octet-stream');
  expect([...new Float32Array(bytes.slice().buffer)]).toEqual([0.5, -2]);
  put(0.25);
  expect(media.map(runId, 1).version).not.toBe(map.version);
});

it('knows no other ids', async () => {
  await scanned(program);
  const media = mediaSource(program.workspace);
  expect(() => media.thumbnail(99)).toThrow(/no image 99/);
  expect(() => media.image(99, null)).toThrow(/no image 99/);
  expect(() => media.map(99, 1)).toThrow(/Run 99/);
});
