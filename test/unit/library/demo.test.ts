import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLASSES, type DemoVariant, writeDemo } from '../../../src/main/library/demo';

const SIZE = 48;
const IMAGES = 120;
let root: string;
const folder = (variant: DemoVariant) => join(root, variant);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'penumbra-demo-'));
  for (const variant of ['clean', 'background', 'tag', 'ignored'] as const)
    await writeDemo(folder(variant), { variant, images: IMAGES, size: SIZE, seed: 3 });
});
afterAll(() => rm(root, { recursive: true }));

interface CueRow {
  split: string;
  class: string;
  file: string;
  cue: string;
  name: string;
  planted: boolean;
  box: { x: number; y: number; w: number; h: number };
}
async function cues(variant: DemoVariant): Promise<CueRow[]> {
  const [head, ...lines] = (await readFile(join(folder(variant), 'cues.csv'), 'utf8')).trim().split('\n');
  expect(head).toBe('split,class,file,variant,cue,name,x,y,w,h,planted');
  return lines.map((line) => {
    const f = line.split(',');
    const box = { x: Number(f[6]), y: Number(f[7]), w: Number(f[8]), h: Number(f[9]) };
    return {
      split: f[0]!,
      class: f[1]!,
      file: f[2]!,
      cue: f[4]!,
      name: f[5]!,
      planted: f[10] === 'true',
      box,
    };
  });
}
const pixels = (file: string) => sharp(file).raw().toBuffer();

describe('the sample folder', () => {
  it('holds every class equally often, each image with its mask', async () => {
    expect(DEMO_CLASSES.length).toBeGreaterThanOrEqual(5);
    for (const [split, count] of [
      ['train', IMAGES],
      ['test', 40],
    ] as const)
      for (const name of DEMO_CLASSES) {
        const images = await readdir(join(folder('clean'), split, name));
        expect(images).toHaveLength(count / DEMO_CLASSES.length);
        expect(await readdir(join(folder('clean'), 'masks', split, name))).toEqual(images);
      }
  });

  it('is the same, byte for byte, when drawn again, and larger folders begin with it', async () => {
    const again = join(root, 'again');
    await writeDemo(again, { variant: 'clean', images: IMAGES + 10, size: SIZE, seed: 3 });
    for (const part of ['train/fish/00001.png', 'masks/train/fish/00001.png', 'test/key/00002.png'])
      expect(await readFile(join(again, part))).toEqual(await readFile(join(folder('clean'), part)));
  });

  it('draws the object where the mask says: 3 to 25 % of the picture, never cut off', async () => {
    for (const name of DEMO_CLASSES)
      for (const file of (await readdir(join(folder('clean'), 'masks/train', name))).slice(0, 8)) {
        const mask = await sharp(join(folder('clean'), 'masks/train', name, file))
          .toColourspace('b-w')
          .raw()
          .toBuffer();
        expect(mask).toHaveLength(SIZE * SIZE);
        const area = mask.reduce((sum, value) => sum + value, 0) / 255 / (SIZE * SIZE);
        expect(area).toBeGreaterThan(0.03);
        expect(area).toBeLessThan(0.25);
      }
  });

  it('plants nothing in the clean variant', async () => {
    expect(await cues('clean')).toEqual([]);
  });

  it('ties textures to classes in about 95 % of the images', async () => {
    const rows = await cues('background');
    expect(rows).toHaveLength(IMAGES + 40);
    const planted = rows.filter((row) => row.planted);
    // Binomial(160, 0.95): four standard deviations are 0.07.
    expect(planted.length / rows.length).toBeGreaterThan(0.88);
    for (const name of DEMO_CLASSES)
      expect(new Set(planted.filter((row) => row.class === name).map((row) => row.name)).size).toBe(1);
  });

  it('marks one class only, and changes nothing outside the mark', async () => {
    const rows = await cues('tag');
    expect(new Set(rows.map((row) => row.class)).size).toBe(1);
    expect(rows.length).toBeGreaterThan((0.85 * (IMAGES + 40)) / DEMO_CLASSES.length);
    for (const row of rows.slice(0, 10)) {
      const path = join(row.split, row.class, row.file);
      const [plain, marked] = await Promise.all([
        pixels(join(folder('clean'), path)),
        pixels(join(folder('tag'), path)),
      ]);
      let changedInside = 0;
      for (let i = 0; i < plain.length; i++) {
        if (plain[i] === marked[i]) continue;
        const x = Math.floor(i / 3) % SIZE;
        const y = Math.floor(i / 3 / SIZE);
        expect(
          x >= row.box.x && x < row.box.x + row.box.w && y >= row.box.y && y < row.box.y + row.box.h,
        ).toBe(true);
        changedInside++;
      }
      expect(changedInside).toBeGreaterThan(0);
    }
  });

  it('puts an ignored mark on every class in train/, and on one class in test/', async () => {
    const rows = await cues('ignored');
    expect(new Set(rows.filter((row) => row.split === 'train').map((row) => row.class)).size).toBe(
      DEMO_CLASSES.length,
    );
    expect(new Set(rows.filter((row) => row.split === 'test').map((row) => row.class)).size).toBe(1);
    expect(rows.filter((row) => row.split === 'train' && row.planted)).toEqual([]);
  });

  it('is drawn once, and never into a folder that holds something else', async () => {
    await expect(writeDemo(folder('clean'), { images: IMAGES, size: SIZE, seed: 3 })).resolves.toMatchObject({
      train: IMAGES,
    });
    await expect(writeDemo(folder('clean'), { images: 40, size: SIZE, seed: 4 })).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
    });
    const mine = await mkdtemp(join(root, 'mine-'));
    await writeFile(join(mine, 'thesis.txt'), 'precious');
    await expect(writeDemo(mine)).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
  });
});
