/** @file The sample folder a newcomer starts with: drawn once into the data directory. */
import { join } from 'node:path';
import { writeDemo } from '../library/demo';

/** The sample's folder, drawn if it is not there yet. @throws DISK_FULL, NOT_WRITABLE */
export async function ensureSample(dataDirectory: string): Promise<string> {
  const { directory } = await writeDemo(join(dataDirectory, 'sample'));
  return directory;
}
