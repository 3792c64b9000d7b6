/** @file The one way a result reaches the disk: whole, or not at all. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { PenumbraError } from '../../contract/errors';

let serial = 0;

/**
 * Writes beside the target, flushes, then renames over it; the folders on the way are made.
 * @throws DISK_FULL, NOT_WRITABLE
 */
export async function writeFileAtomic(file: string, data: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(file), `.penumbra-${process.pid}-${serial++}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw inWords(error, file);
  }
}

function inWords(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PenumbraError(
      'DISK_FULL',
      `The disk is full: "${basename(file)}" could not be written. Free some space and try again.`,
      { cause: error },
    );
  }
  if (code === undefined) return error;
  return new PenumbraError(
    'NOT_WRITABLE',
    `"${file}" cannot be written (${code}); check the permissions of its folder or choose another.`,
    { cause: error },
  );
}

/**
 * The absolute path of `path` below `folder`.
 * @throws INVALID_INPUT if it would lie anywhere else
 */
export function inside(folder: string, path: string): string {
  const root = resolve(folder);
  const target = resolve(root, path);
  const way = relative(root, target);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new PenumbraError('INVALID_INPUT', `The path "${path}" leads out of the folder "${root}".`);
  }
  return target;
}
