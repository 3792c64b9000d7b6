/**
 * @file The sample folder: drawn by the program itself, the same bytes for the same options. Image i depends on the
 * seed and on i alone, so a larger folder begins with the images of a smaller one; the variants of one seed show the
 * same objects among the same things, and differ in their cue only.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { PenumbraError } from '../../../contract/errors';
import { writeFileAtomic } from '../../files/write';
import { claim, mark } from './folder';
import { CUE_COLUMNS, cueRow, type Place, planOf, streamOf } from './plan';
import { readme } from './readme';
import { drawScene } from './scene';
import { DEMO_CLASSES } from './sprites';
import type { DemoFolder, DemoOptions, DemoVariant } from './types';

export { DEMO_CLASSES } from './sprites';
export { DEMO_VARIANTS, type DemoFolder, type DemoOptions, type DemoVariant } from './types';

/** Images in the making at a time: while one is painted here, sharp's threads encode others. */
const AT_ONCE = 4;
/** Pictures can be drawn again; the marker that calls them complete is flushed. */
const AGAIN = { durable: false };

/**
 * Draws train/ and test/ with class sub-folders, object masks under masks/ (8-bit grey, 255 on the object), cues.csv,
 * README.txt and demo.json. A complete sample drawn with the same options is used again, an unfinished one completed.
 * @throws FOLDER_NOT_EMPTY, STOPPED, NOT_WRITABLE, DISK_FULL
 */
export async function writeDemo(
  directory: string,
  options: DemoOptions = {},
  watch: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<DemoFolder> {
  const { variant = 'clean', images = 600, size = 96, seed = 1 } = options;
  const recipe = { variant, images, size, seed };
  const test = Math.max(40, Math.round(images / 12));
  const folder: DemoFolder = { directory, variant, train: images, test, classes: DEMO_CLASSES };
  if (await claim(directory, recipe)) return folder;

  const total = images + test;
  const places = Array.from(
    { length: total },
    (_, i): Place =>
      i < images ? { seed, split: 'train', index: i } : { seed, split: 'test', index: i - images },
  );
  const rows: (string | undefined)[] = [];
  for (let from = 0; from < total; from += AT_ONCE) {
    if (watch.signal?.aborted)
      throw new PenumbraError(
        'STOPPED',
        'Drawing the sample folder was stopped; drawing it again completes it.',
      );
    const batch = places.slice(from, from + AT_ONCE);
    rows.push(...(await Promise.all(batch.map((place) => drawOne(directory, variant, place, size)))));
    watch.onProgress?.(from + batch.length, total);
  }
  const cues = rows.filter((row) => row !== undefined);
  await writeFileAtomic(join(directory, 'cues.csv'), `${[CUE_COLUMNS, ...cues].join('\n')}\n`);
  await writeFileAtomic(join(directory, 'README.txt'), readme(variant));
  await mark(directory, recipe, true);
  return folder;
}

/** Draws one image and its mask. @returns its row of cues.csv, if it has a cue */
async function drawOne(
  directory: string,
  variant: DemoVariant,
  place: Place,
  size: number,
): Promise<string | undefined> {
  const plan = planOf(variant, place);
  const picture = await drawScene(plan.scene, size, streamOf(place));
  const file = `${String(place.index).padStart(5, '0')}.png`;
  const raw = (channels: 1 | 3) => ({ raw: { width: size, height: size, channels } });
  const [image, mask] = await Promise.all([
    sharp(picture.rgb, raw(3)).png().toBuffer(),
    sharp(picture.mask, raw(1)).toColourspace('b-w').png().toBuffer(),
  ]);
  const inClass = join(place.split, plan.scene.className, file);
  await writeFileAtomic(join(directory, 'masks', inClass), mask, AGAIN);
  await writeFileAtomic(join(directory, inClass), image, AGAIN);
  return cueRow(variant, place, file, plan, picture, size);
}
