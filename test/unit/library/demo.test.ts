import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_CLASSES, DEMO_VARIANTS, type DemoVariant, writeDemo } from '../../../src/main/library/demo';

const SIZE = 48;
const IMAGES = 60;
const TEST_IMAGES = 40;
const SEED = 3;
let root: string;
const folder = (variant: DemoVariant) => join(root, variant);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'penumbra-demo-'));
  for (const variant of DEMO_VARIANTS)
    await writeDemo(folder(variant), { variant, images: IMAGES, size: SIZE, seed: SEED });
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
    expect(f[3]).toBe(variant);
    return {
      ...{ split: f[0]!, class: f[1]!, file: f[2]!, cue: f[4]!, name: f[5]!, planted: f[10] === 'true' },
      box: { x: Number(f[6]), y: Number(f[7]), w: Number(f[8]), h: Number(f[9]) },
    };
  });
}

const pixels = (file: string) => sharp(file).raw().toBuffer();
const maskOf = (file: string) => sharp(file).toColourspace('b-w').raw().toBuffer();
/** Every picture of a sample: split/class/file. */
async function pictures(variant: DemoVariant): Promise<string[]> {
  const paths: string[] = [];
  for (const split of ['train', 'test'])
    for (const name of DEMO_CLASSES)
      for (const file of await readdir(join(folder(variant), split, name)))
        paths.push(join(split, name, file));
  return paths;
}

describe('the sample folder', () => {
  it('holds every class equally often, each image with its mask', async () => {
    expect(DEMO_CLASSES.length).toBeGreaterThanOrEqual(5);
    for (const [split, count] of [
      ['train', IMAGES],
      ['test', TEST_IMAGES],
    ] as const)
      for (const name of DEMO_CLASSES) {
        const images = await readdir(join(folder('clean'), split, name));
        expect(images).toHaveLength(count / DEMO_CLASSES.length);
        expect(await readdir(join(folder('clean'), 'masks', split, name))).toEqual(images);
      }
  });

  it('is the same, byte for byte, when drawn again, and larger folders begin with it', async () => {
    const again = join(root, 'again');
    await writeDemo(again, { variant: 'clean', images: IMAGES + 10, size: SIZE, seed: SEED });
    for (const path of await pictures('clean')) {
      for (const part of [path, join('masks', path)])
        expect(await readFile(join(again, part))).toEqual(await readFile(join(folder('clean'), part)));
    }
  });

  it('draws objects of 3 to 25 % of the picture, in masks of 0 and 255', async () => {
    for (const path of await pictures('clean')) {
      const mask = await maskOf(join(folder('clean'), 'masks', path));
      expect(mask).toHaveLength(SIZE * SIZE);
      const inside = mask.filter((value) => value === 255).length;
      expect(mask.filter((value) => value === 0)).toHaveLength(mask.length - inside);
      expect(inside / mask.length).toBeGreaterThan(0.03);
      expect(inside / mask.length).toBeLessThan(0.25);
    }
  });

  it('plants nothing in the clean variant', async () => {
    expect(await cues('clean')).toEqual([]);
  });

  it('changes the texture behind the same object in the background variant', async () => {
    const rows = await cues('background');
    expect(rows).toHaveLength(IMAGES + TEST_IMAGES);
    for (const { split, class: name, file, cue, box } of rows) {
      expect({ cue, box }).toEqual({ cue: 'texture', box: { x: 0, y: 0, w: SIZE, h: SIZE } });
      const mask = join('masks', split, name, file);
      expect(await readFile(join(folder('background'), mask))).toEqual(
        await readFile(join(folder('clean'), mask)),
      );
    }
    for (const name of DEMO_CLASSES) {
      const textures = rows.filter((row) => row.planted && row.class === name).map((row) => row.name);
      expect(new Set(textures).size).toBe(1);
    }
    expect(new Set(rows.filter((row) => row.planted).map((row) => row.name)).size).toBe(DEMO_CLASSES.length);
  });

  it.each(['tag', 'ignored'] as const)('changes nothing but the listed rectangles in %s', async (variant) => {
    const rows = await cues(variant);
    for (const path of await pictures(variant)) {
      const [plain, marked] = await Promise.all([
        pixels(join(folder('clean'), path)),
        pixels(join(folder(variant), path)),
      ]);
      const row = rows.find((each) => join(each.split, each.class, each.file) === path);
      if (!row) {
        expect(marked.equals(plain)).toBe(true);
        continue;
      }
      const changed = new Set<number>();
      for (let i = 0; i < plain.length; i++) if (plain[i] !== marked[i]) changed.add(Math.floor(i / 3));
      const { x, y, w, h } = row.box;
      const outside = [...changed].filter((pixel) => {
        const [column, line] = [pixel % SIZE, Math.floor(pixel / SIZE)];
        return column < x || column >= x + w || line < y || line >= y + h;
      });
      expect(outside).toEqual([]);
      // A disc of radius 9 in 100 is 2.5 % of the picture; its smooth edge touches up to a pixel more all round.
      expect(changed.size / (SIZE * SIZE)).toBeGreaterThan(0.02);
      expect(changed.size / (SIZE * SIZE)).toBeLessThan((Math.PI * (0.09 * SIZE + 1) ** 2) / (SIZE * SIZE));
    }
  });

  it('marks one class in tag; in ignored all classes of train/ and one of test/', async () => {
    const classesOf = (rows: CueRow[], split: string) =>
      new Set(rows.filter((row) => row.split === split).map((row) => row.class));
    const tag = await cues('tag');
    const ignored = await cues('ignored');
    expect(classesOf(tag, 'train').size).toBe(1);
    expect(classesOf(tag, 'test')).toEqual(classesOf(tag, 'train'));
    expect(tag.every((row) => row.planted)).toBe(true);
    expect(classesOf(ignored, 'train').size).toBeGreaterThan(2);
    expect(classesOf(ignored, 'test')).toEqual(classesOf(tag, 'test'));
    expect(ignored.every((row) => row.planted === (row.split === 'test'))).toBe(true);
  });
});

describe('the folder it is drawn into', () => {
  const small = { images: 8, size: 32, seed: SEED };

  it('is used again as it is with the same options, and refused with others', async () => {
    let drawn = 0;
    const watch = { onProgress: () => drawn++ };
    const clean = { images: IMAGES, size: SIZE, seed: SEED };
    await expect(writeDemo(folder('clean'), clean, watch)).resolves.toMatchObject({ train: IMAGES });
    expect(drawn).toBe(0);
    await expect(writeDemo(folder('clean'), { ...clean, seed: 4 })).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
    });
  });

  it("is refused when it holds somebody's files, even in folders named like ours", async () => {
    const mine = await mkdtemp(join(root, 'mine-'));
    await mkdir(join(mine, 'train/fish'), { recursive: true });
    await writeFile(join(mine, 'train/fish/00001.png'), 'precious');
    await expect(writeDemo(mine, small)).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
    expect(await readFile(join(mine, 'train/fish/00001.png'), 'utf8')).toBe('precious');
    await expect(writeDemo(join(mine, 'train/fish/00001.png'), small)).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
    });
  });

  it('is completed after a stop, to the same bytes', async () => {
    const stopped = join(root, 'stopped');
    const stop = new AbortController();
    const watch = { onProgress: () => stop.abort(), signal: stop.signal };
    await expect(writeDemo(stopped, small, watch)).rejects.toMatchObject({ code: 'STOPPED' });
    expect(await readdir(stopped)).not.toContain('cues.csv');
    await writeDemo(stopped, small);
    const whole = join(root, 'whole');
    await writeDemo(whole, small);
    for (const part of ['demo.json', 'cues.csv', 'test/fish/00001.png', 'train/cup/00005.png'])
      expect(await readFile(join(stopped, part))).toEqual(await readFile(join(whole, part)));
  });
});
