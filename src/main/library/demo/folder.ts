/** @file The sample folder on disk: whose it is, and whether it is complete. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenumbraError } from '../../../contract/errors';
import { writeError, writeFileAtomic } from '../../files/write';
import { DEMO_CLASSES } from './sprites';
import type { DemoVariant } from './types';

/** Grows when the same options begin to draw other pictures. */
const VERSION = 3;
const MARKER = 'demo.json';

export interface Recipe {
  variant: DemoVariant;
  images: number;
  size: number;
  seed: number;
}

/**
 * Makes the folder ours, or finds it ours already. The marker is written before the first image and completed after
 * the last: a drawing broken off is known as such, and a folder without a marker is never drawn into.
 * @returns whether the sample is already there, drawn with the same options
 * @throws FOLDER_NOT_EMPTY, NOT_WRITABLE, DISK_FULL
 */
export async function claim(directory: string, recipe: Recipe): Promise<boolean> {
  const entries = await list(directory);
  const marker = entries.includes(MARKER) ? await readMarker(directory) : undefined;
  if (marker && !sameRecipe(marker, recipe))
    throw new PenumbraError(
      'FOLDER_NOT_EMPTY',
      `"${directory}" already holds a sample drawn with other options; name another folder, or remove it first.`,
    );
  // The desktop leaves hidden files of its own in a folder that was only looked at.
  const foreign = entries.find((name) => !name.startsWith('.'));
  if (!marker && foreign !== undefined)
    throw new PenumbraError(
      'FOLDER_NOT_EMPTY',
      `"${directory}" already holds "${foreign}"; name an empty folder for the sample.`,
    );
  if (marker?.complete === true && (await countImages(directory)) >= recipe.images) return true;
  await mark(directory, recipe, false);
  return false;
}

export async function mark(directory: string, recipe: Recipe, complete: boolean): Promise<void> {
  const text = JSON.stringify({ version: VERSION, ...recipe, complete }, null, 2);
  await writeFileAtomic(join(directory, MARKER), `${text}\n`);
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw writeError(directory, error);
  }
}

async function readMarker(
  directory: string,
): Promise<(Partial<Recipe> & { complete?: boolean }) | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, MARKER), 'utf8'));
  } catch {
    // Not a marker of ours: the folder counts as somebody else's.
    return undefined;
  }
}

function sameRecipe(marker: Partial<Recipe>, { variant, images, size, seed }: Recipe): boolean {
  return (
    marker.variant === variant && marker.images === images && marker.size === size && marker.seed === seed
  );
}

async function countImages(directory: string): Promise<number> {
  const folders = await Promise.all(
    DEMO_CLASSES.map((name) => readdir(join(directory, 'train', name)).catch(() => [])),
  );
  return folders.flat().filter((name) => /^\d+\.png$/.test(name)).length;
}
