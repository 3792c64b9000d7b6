/** @file A folder of object masks that lie as their images do: `test/cat/1.png` is the mask of `test/cat/1.jpg`. */
import { readdir } from 'node:fs/promises';
import { join, parse, relative } from 'node:path';
import { PenumbraError } from '../../contract/errors';

/** Files of the folder by their path without its extension. @throws FOLDER_MISSING */
export async function objectFilesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new PenumbraError('FOLDER_MISSING', `The folder "${folder}" cannot be read; name another.`, {
      cause,
    });
  });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [stem(relative(folder, file)), file]));
}

/** A path without its extension, with `/` between parts, as the project keeps paths. */
export function stem(path: string): string {
  const { dir, name } = parse(path);
  return join(dir, name).replaceAll('\\', '/');
}
