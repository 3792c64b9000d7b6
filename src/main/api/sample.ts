/** @file The sample folder a newcomer starts with: drawn once into the data directory. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDemo } from '../library/demo';
import { writeError } from './jsonFile';

/** Enough to train on in a few minutes without a graphics card. */
const IMAGES = 600;

/** The sample's folder, drawn if it is not there yet. @throws DISK_FULL, NOT_WRITABLE */
export async function ensureSample(dataDirectory: string): Promise<string> {
  const folder = join(dataDirectory, 'sample');
  if (existsSync(folder)) return folder;
  // Drawn beside its place and moved there when complete, so that half a sample is never taken for one.
  const draft = `${folder}.${process.pid}.tmp`;
  try {
    rmSync(draft, { recursive: true, force: true });
    await writeDemo(draft, { images: IMAGES });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw writeError(folder, error);
  }
  return folder;
}
