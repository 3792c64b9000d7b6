/**
 * @file The sample folder: drawn by the program itself, the same bytes for the same options. Image i depends on the
 * seed and on i alone, so a larger folder begins with the images of a smaller one.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PenumbraError } from '../../../contract/errors';
import { Random } from '../../noise/random';
import { drawScene, type Scene } from './scene';
import { DEMO_CLASSES } from './sprites';
import { TEXTURE_FAMILIES } from './textures';
import type { Cue, DemoFolder, DemoOptions, DemoVariant } from './types';

export { DEMO_CLASSES } from './sprites';
export { DEMO_VARIANTS, type DemoFolder, type DemoOptions, type DemoVariant } from './types';

/** How often a tied texture follows its class, and a mark its class. */
const TIED_TEXTURE = 0.95;
const TIED_TAG = 0.97;
/** How many images carry the mark where it means nothing. */
const LOOSE_TAG = 0.2;
const AT_ONCE = 4;
const MARKER = 'demo.json';

/**
 * Draws train/ and test/ with class sub-folders, object masks under masks/, cues.csv and demo.json (written last: a
 * folder that has it is complete, and is used again if it was drawn with the same options).
 * @throws FOLDER_NOT_EMPTY, STOPPED
 */
export async function writeDemo(
  directory: string,
  options: DemoOptions = {},
  watch: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<DemoFolder> {
  const { variant = 'clean', images = 600, size = 96, seed = 1 } = options;
  const test = Math.max(40, Math.round(images / 12));
  const folder: DemoFolder = { directory, variant, train: images, test, classes: DEMO_CLASSES };
  const recipe = JSON.stringify({ version: 1, variant, images, size, seed }, null, 2);
  if (await isDrawn(directory, recipe)) return folder;

  const total = images + test;
  const cues: string[] = ['split,class,file,variant,cue,name,x,y,w,h,planted'];
  const jobs = Array.from({ length: total }, (_, i) =>
    i < images ? { split: 'train', index: i } : { split: 'test', index: i - images },
  );
  await Promise.all(
    jobs
      .filter(({ index }) => index < DEMO_CLASSES.length)
      .flatMap(({ split, index }) =>
        ['', 'masks'].map((root) =>
          mkdir(join(directory, root, split, DEMO_CLASSES[index]!), { recursive: true }),
        ),
      ),
  );
  const rows: string[][] = [];
  let done = 0;
  for (let from = 0; from < total; from += AT_ONCE) {
    if (watch.signal?.aborted)
      throw new PenumbraError(
        'STOPPED',
        'Drawing the sample folder was stopped; what was drawn stays in it.',
      );
    const batch = jobs.slice(from, from + AT_ONCE);
    rows.push(
      ...(await Promise.all(
        batch.map((job) => drawOne(directory, variant, job.split, job.index, size, seed)),
      )),
    );
    done += batch.length;
    watch.onProgress?.(done, total);
  }
  await writeFile(join(directory, 'cues.csv'), `${[...cues, ...rows.flat()].join('\n')}\n`);
  await writeFile(join(directory, 'README.txt'), readme(variant));
  await writeFile(join(directory, MARKER), recipe);
  return folder;
}

async function isDrawn(directory: string, recipe: string): Promise<boolean> {
  if (!existsSync(directory)) return false;
  const marker = join(directory, MARKER);
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === recipe) return true;
  // A demo of other options, or broken off half-way, is drawn over; results of a run may lie beside it.
  const ours = new Set(['train', 'test', 'masks', 'cues.csv', 'README.txt', MARKER]);
  const foreign = (await readdir(directory)).filter((name) => !ours.has(name));
  if (foreign.length > 0 || existsSync(marker))
    throw new PenumbraError(
      'FOLDER_NOT_EMPTY',
      `"${directory}" already holds ${existsSync(marker) ? 'a sample drawn with other options' : `"${foreign[0]}"`}; name another folder, or remove it first.`,
    );
  return false;
}

/** Draws image `index` of a split and its mask; answers its rows of cues.csv. */
async function drawOne(
  directory: string,
  variant: DemoVariant,
  split: string,
  index: number,
  size: number,
  seed: number,
): Promise<string[]> {
  const className = DEMO_CLASSES[index % DEMO_CLASSES.length]!;
  const { scene, tied } = sceneOf(variant, split, index, seed);
  const picture = await drawScene({ ...scene, className }, size, new Random(seed, index, `scene ${split}`));
  const file = `${String(index).padStart(5, '0')}.png`;
  const raw = (channels: 1 | 3) => ({ raw: { width: size, height: size, channels } });
  await sharp(picture.rgb, raw(3))
    .png()
    .toFile(join(directory, split, className, file));
  await sharp(picture.mask, raw(1))
    .toColourspace('b-w')
    .png()
    .toFile(join(directory, 'masks', split, className, file));

  const whole = { x: 0, y: 0, width: size, height: size };
  const found: Cue[] = [];
  if (variant === 'background')
    found.push({ kind: 'texture', name: scene.family, planted: tied, box: whole });
  if (scene.tag) found.push({ kind: 'tag', name: 'label', planted: tied, box: picture.tagBox });
  return found.map(({ kind, name, planted, box }) =>
    [split, className, file, variant, kind, name, box.x, box.y, box.width, box.height, planted].join(','),
  );
}

/** What the variant decides of one image: its texture and whether it carries the mark; `tied` if that follows the class. */
function sceneOf(
  variant: DemoVariant,
  split: string,
  index: number,
  seed: number,
): { scene: Omit<Scene, 'className'>; tied: boolean } {
  const label = index % DEMO_CLASSES.length;
  const random = new Random(seed, index, `variant ${split}`);
  const own = label % TEXTURE_FAMILIES.length;
  const follows = random.uniform() < TIED_TEXTURE;
  const other = (own + 1 + random.below(TEXTURE_FAMILIES.length - 1)) % TEXTURE_FAMILIES.length;
  const free = random.below(TEXTURE_FAMILIES.length);
  const marked = random.uniform();
  const onMarkedClass = label === markedClass(seed);
  const loose = variant === 'ignored' && split === 'train';
  const tag = loose
    ? marked < LOOSE_TAG
    : (variant === 'tag' || variant === 'ignored') && onMarkedClass && marked < TIED_TAG;
  if (variant === 'background')
    return { scene: { family: TEXTURE_FAMILIES[follows ? own : other]!, tag }, tied: follows };
  return { scene: { family: TEXTURE_FAMILIES[free]!, tag }, tied: tag && !loose };
}

/** Which class the mark is tied to. */
function markedClass(seed: number): number {
  return seed % DEMO_CLASSES.length;
}

function readme(variant: DemoVariant): string {
  const what: Record<DemoVariant, string> = {
    clean: 'Objects and backgrounds have nothing to do with each other.',
    background:
      'Each class has its own texture behind it, in 95 of 100 images: a classifier may learn the texture instead.',
    tag: 'One class carries a small yellow label in 97 of 100 images: a classifier may learn the label instead.',
    ignored:
      'A small yellow label lies on images of all classes in train/, but only on one class in test/: a classifier has no reason to use it.',
  };
  return `Sample images drawn by Penumbra.\n\n${what[variant]}\n\ntrain/ and test/ hold the images by class, masks/ the objects (white), cues.csv what was planted where.\n`;
}
