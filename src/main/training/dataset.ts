/** @file The images a run works on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { Shard } from '../../contract/types';
import type { ImageRow, ProjectStore } from '../store/types';
import type { JobImage } from './protocol';

export interface Dataset {
  split: string | null;
  /** In path order. */
  images: ImageRow[];
  /** SHA-256 over paths, classes and contents, hex: equal exactly for equal data. */
  hash: string;
}

/** Images of one split, or all where `split` is null. */
export function datasetOf(store: ProjectStore, split: string | null): Dataset {
  const images = store.images(split === null ? undefined : { split });
  const hash = createHash('sha256');
  for (const image of images) hash.update(JSON.stringify([image.path, image.className, image.hash]));
  return { split, images, hash: hash.digest('hex') };
}

/** A part of the images, the same in every process that sees the same folder; all of them without a shard. */
export function shardOf<T>(images: T[], shard: Shard | undefined): T[] {
  return shard ? images.filter((_, i) => i % shard.of === shard.index - 1) : images;
}

/** The split to train on where none is named: the folder's `train`, if it has one. */
export function defaultSplit(store: ProjectStore): string | null {
  return store.counts().splits.find(({ name }) => name.toLowerCase() === 'train')?.name ?? null;
}

/** Splits that no training looks at, the preferred one first. */
export const HELD_OUT = ['test', 'val', 'validation'];

/** The split to measure on where none is named; null where the folder keeps none for that. */
export function heldOutSplit(store: ProjectStore): string | null {
  const { splits } = store.counts();
  for (const wanted of HELD_OUT) {
    const found = splits.find(({ name }) => name.toLowerCase() === wanted);
    if (found) return found.name;
  }
  return null;
}

/** @throws INVALID_INPUT if the folder has no split of that name */
export function requireSplit(store: ProjectStore, wanted: string): void {
  const { splits } = store.counts();
  if (splits.some(({ name }) => name === wanted)) return;
  throw new PenumbraError(
    'INVALID_INPUT',
    splits.length > 0
      ? `The folder has no split "${wanted}"; it has ${splits.map(({ name }) => `"${name}"`).join(', ')}.`
      : `The folder has no split "${wanted}", nor any other; leave the split out to work on all images.`,
  );
}

/** A class with fewer images takes no part in training a classifier. */
export const LEAST_OF_CLASS = 5;

/** Names of classes with at least `least` images, sorted. */
export function classesOf(images: ImageRow[], least: number): string[] {
  const counts = new Map<string, number>();
  for (const { className } of images)
    if (className !== null) counts.set(className, (counts.get(className) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count >= least ? [name] : [])).toSorted();
}

/** What the worker is told of images; a class that is not among `classes` has no label. */
export function jobImages(store: ProjectStore, images: ImageRow[], classes: string[] | null): JobImage[] {
  const labels = new Map(classes?.map((name, label) => [name, label]));
  return images.map(({ id, path, className, hash }) => ({
    id,
    file: join(store.folder, path),
    hash,
    label: className === null ? null : (labels.get(className) ?? null),
  }));
}

/** So many images spread evenly over the list: in path order that is over the classes too. */
export function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!);
}
