/** @file What each variant decides of an image before it is drawn: its texture, and whether it carries the mark. */
import { Random } from '../../noise/random';
import type { Picture, Scene } from './scene';
import { DEMO_CLASSES } from './sprites';
import { TEXTURE_FAMILIES } from './textures';
import type { DemoVariant } from './types';

/** How often a tied texture follows its class, and a mark its class. */
const TIED_TEXTURE = 0.95;
const TIED_TAG = 0.97;
/** How many images carry the mark where it means nothing. */
const LOOSE_TAG = 0.2;

export interface Place {
  seed: number;
  split: 'train' | 'test';
  /** Of the image within its split. */
  index: number;
}

export interface Plan {
  scene: Scene;
  /** Whether the cue follows the class in this image; never in `clean`. */
  tied: boolean;
}

/** Classes take turns, so that they are equally frequent. Depends on `place` alone, not on how many images there are. */
export function planOf(variant: DemoVariant, place: Place): Plan {
  const { seed, split, index } = place;
  const label = index % DEMO_CLASSES.length;
  const className = DEMO_CLASSES[label]!;
  const random = streamOf(place)('variant');
  const follows = random.uniform() < TIED_TEXTURE;
  const marked = random.uniform();
  const families = TEXTURE_FAMILIES.length;
  const free = random.below(families);
  if (variant === 'background') {
    const own = label % families;
    const other = (own + 1 + random.below(families - 1)) % families;
    const family = TEXTURE_FAMILIES[follows ? own : other]!;
    return { scene: { className, family, tag: false }, tied: follows };
  }
  const family = TEXTURE_FAMILIES[free]!;
  if (variant === 'ignored' && split === 'train')
    return { scene: { className, family, tag: marked < LOOSE_TAG }, tied: false };
  const tag = variant !== 'clean' && label === seed % DEMO_CLASSES.length && marked < TIED_TAG;
  return { scene: { className, family, tag }, tied: tag };
}

/** Independent randomness for each part of one image. */
export const streamOf =
  ({ seed, split, index }: Place) =>
  (part: string): Random =>
    new Random(seed, index, `${split} ${part}`);

export const CUE_COLUMNS = 'split,class,file,variant,cue,name,x,y,w,h,planted';

/** The image's row of cues.csv, if it has a cue: the whole picture for a texture, the box around a mark (pixels). */
export function cueRow(
  variant: DemoVariant,
  { split }: Place,
  file: string,
  { scene, tied }: Plan,
  { tagBox }: Picture,
  size: number,
): string | undefined {
  const row = (cue: string, name: string, x: number, y: number, width: number, height: number) =>
    [split, scene.className, file, variant, cue, name, x, y, width, height, tied].join(',');
  if (variant === 'background') return row('texture', scene.family, 0, 0, size, size);
  if (scene.tag) return row('tag', 'label', tagBox.x, tagBox.y, tagBox.width, tagBox.height);
  return undefined;
}
