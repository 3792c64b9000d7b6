/** @file The one way a file reaches the disk: whole, or not at all. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PenumbraError } from '../../contract/errors';

let serial = 0;

/** A hidden name beside the target: the same disk, so that renaming is one step. */
function draftOf(file: string): string {
  return join(dirname(file), `.penumbra-${process.pid}-${serial++}.tmp`);
}

/**
 * Writes beside the target, flushes, then renames over it; the folders on the way are made.
 * @param durable false for files that can be made again at will: they are whole, but not flushed one by one
 * @throws DISK_FULL, NOT_WRITABLE
 */
export async function writeFileAtomic(
  file: string,
  data: Uint8Array | string,
  { durable = true } = {},
): Promise<void> {
  const draft = draftOf(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(data);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw writeError(file, error);
  }
}

/**
 * The same for small files of the program's own, readable by their owner only, where the caller cannot wait.
 * @throws DISK_FULL, NOT_WRITABLE
 */
export function writeFileAtomicSync(file: string, data: string): void {
  const draft = draftOf(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, data, { mode: 0o600, flush: true });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw writeError(file, error);
  }
}

/** Takes away what processes that were killed have left half written below a folder; whoever is at work keeps theirs. */
export async function sweepDrafts(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    const pid = Number(/(?:^|[\\/])\.penumbra-(\d+)-\d+\.tmp$/.exec(path)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(folder, path), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What to tell a person when `path` could not be written; errors of other kinds stay what they are. */
export function writeError(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!syscall) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new PenumbraError(
      'DISK_FULL',
      `The disk is full: "${path}" could not be written; free some space and try again.`,
      { cause: error },
    );
  return new PenumbraError(
    'NOT_WRITABLE',
    `"${path}" cannot be written (${code}); check the permissions of its folder or choose another.`,
    { cause: error },
  );
}
