/** @file The files that annotations are read from: one that was named, or all below a folder. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PenumbraError } from '../../../contract/errors';
import { refused } from './parse';
import type { SourceFile } from './types';

/** What is read of one file at once. */
const LARGEST_FILE = 268_435_456;
const MOST_FILES = 1_000_000;

/** @throws INVALID_INPUT where there is nothing to read */
export async function filesOf(path: string): Promise<SourceFile[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new PenumbraError(
      'INVALID_INPUT',
      `"${path}" does not exist or cannot be read; name a file or a folder.`,
      {
        cause,
      },
    );
  });
  if (found.isFile()) return [fileAt(path, basename(path))];
  const paths: string[] = [];
  await collect(path, '', paths);
  return paths.sort().map((one) => fileAt(join(path, one), one));
}

/** Links are not followed: they may lead anywhere, and in circles. */
async function collect(root: string, below: string, paths: string[]): Promise<void> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) await collect(root, path, paths);
    else if (entry.isFile()) paths.push(path);
    if (paths.length > MOST_FILES)
      throw new PenumbraError(
        'INVALID_INPUT',
        `"${root}" holds more than a million files; name a folder in it.`,
      );
  }
}

function fileAt(file: string, path: string): SourceFile {
  const bytes = async (): Promise<Buffer> => {
    try {
      const { size } = await stat(file);
      if (size > LARGEST_FILE) throw refused(path, '', 'it is larger than 256 MB; divide it into several');
      return await readFile(file);
    } catch (cause) {
      throw cause instanceof PenumbraError ? cause : refused(path, '', 'it cannot be read', cause);
    }
  };
  return { path, bytes, text: async () => (await bytes()).toString('utf8') };
}
