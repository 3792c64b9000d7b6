/** @file The images an experiment of the lab looks at. */
import { join } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { LabImage } from '../lab/types';
import { decodeSquare } from '../library/decode';
import { writeSequence } from '../library/demo/sequence';
import { classify } from '../library/layout';
import { walk } from '../library/walk';
import { Random } from '../noise/random';
import { objectFilesIn, stem } from './objectMasks';
import { ensureSample } from './sample';

/** Share of images kept from training where the folder has no test split of its own. */
const HELD_OUT = 0.2;
/** More would only make the experiment longer. */
const MOST = 2400;
const LEAST_OF_CLASS = 8;

/**
 * Labelled images of a folder with class sub-folders, and its object masks where it has a `masks` folder. Images of a split
 * named test are kept from training; without one every fifth, drawn from a seed, is.
 * @throws FOLDER_MISSING, FOLDER_UNREADABLE, TOO_FEW_IMAGES
 */
export async function labImagesIn(
  folder: string,
  signal?: AbortSignal,
): Promise<{ images: LabImage[]; classes: string[] }> {
  const { paths } = await walk(folder, signal);
  const found = paths.map((path) => ({ path, ...classify(path) }));
  const counts = new Map<string, number>();
  for (const { className } of found)
    if (className !== null) counts.set(className, (counts.get(className) ?? 0) + 1);
  const classes = [...counts.keys()].filter((name) => counts.get(name)! >= LEAST_OF_CLASS).sort();
  if (classes.length < 2)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `This experiment needs images of two classes, each in a sub-folder with at least ${LEAST_OF_CLASS}; name another folder, or none to use the sample.`,
    );
  const objects = await objectFilesIn(join(folder, 'masks')).catch(() => new Map<string, string>());
  const labelled = found.filter(({ className }) => className !== null && classes.includes(className));
  const order = new Random(1, 0, 'lab images').permutation(labelled.length);
  const chosen = [...order.subarray(0, MOST)].sort((a, b) => a - b);
  const ownTest = labelled.some(({ split }) => split?.startsWith('test'));
  const held = new Set(order.subarray(0, Math.round(HELD_OUT * chosen.length)));
  const images = chosen.map((at, i): LabImage => {
    const { path, className, split } = labelled[at]!;
    return {
      ...{ id: i + 1, file: join(folder, path), label: classes.indexOf(className!) },
      test: ownTest ? (split?.startsWith('test') ?? false) : held.has(at),
      object: objects.get(stem(path)) ?? null,
    };
  });
  return { images: await readable(images, signal), classes };
}

/** Decoded at a time, and how large: only whether they can be is asked. */
const [AT_ONCE, TRIED] = [32, 8];

/** Those that can be decoded: a damaged file would end the experiment when its turn comes. */
async function readable(images: LabImage[], signal?: AbortSignal): Promise<LabImage[]> {
  const good: LabImage[] = [];
  for (let from = 0; from < images.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    const some = images.slice(from, from + AT_ONCE);
    const tried = await Promise.allSettled(some.map(({ file }) => decodeSquare(file, TRIED)));
    good.push(...some.filter((_, i) => tried[i]!.status === 'fulfilled'));
  }
  return good;
}

/** More would take hours. */
const MOST_FRAMES = 120;
/** Of the sequence that is drawn where no folder is named. */
const DRAWN = { frames: 24, size: 96, seed: 1 };
const LEAST_FRAMES = 3;

/**
 * Frames of a video in the order of their names; numbers count as numbers. Without a folder a sequence is drawn, and the sample's
 * training images come with it, to train an encoder on; frames of a folder have no classes.
 * @throws FOLDER_MISSING, FOLDER_UNREADABLE, TOO_FEW_IMAGES, NOT_WRITABLE, DISK_FULL
 */
export async function labFramesIn(
  folder: string | undefined,
  dataDirectory: string,
  signal?: AbortSignal,
): Promise<{ images: LabImage[]; classes: string[] }> {
  const place = folder ?? join(dataDirectory, 'lab', 'frames');
  if (folder === undefined) await writeSequence(place, DRAWN);
  const { paths } = await walk(place, signal);
  const order = new Intl.Collator('en', { numeric: true });
  const objects = await objectFilesIn(join(place, 'masks')).catch(() => new Map<string, string>());
  const found = paths
    .sort(order.compare)
    .slice(0, MOST_FRAMES)
    .map((path, i): LabImage => {
      const object = objects.get(stem(path)) ?? null;
      return { id: i + 1, file: join(place, path), label: null, test: true, object };
    });
  const frames = await readable(found, signal);
  if (frames.length < LEAST_FRAMES)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `A sequence has at least ${LEAST_FRAMES} frames, and "${place}" holds ${frames.length}; name another folder, or none.`,
    );
  if (folder !== undefined) return { images: frames, classes: [] };
  const sample = await labImagesIn(await ensureSample(dataDirectory), signal);
  const train = sample.images
    .filter(({ test }) => !test)
    .map((image) => ({ ...image, id: image.id + frames.length }));
  return { images: [...frames, ...train], classes: sample.classes };
}
