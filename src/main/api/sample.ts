/** @file The sample folder a newcomer starts with: drawn once into the data directory. */
import { join } from 'node:path';
import { writeDemo } from '../library/demo';
import { writeError } from './jsonFile';

/** The sample's folder, drawn if it is not there yet. @throws DISK_FULL, NOT_WRITABLE */
export async function ensureSample(dataDirectory: string): Promise<string> {
  const folder = join(dataDirectory, 'sample');
  try {
    await writeDemo(folder);
  } catch (error) {
    throw writeError(folder, error);
  }
  return folder;
}
