/** @file Small JSON files in the data directory: read forgivingly, written atomically. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PenumbraError } from '../../contract/errors';

/** The parsed file; undefined where it is missing or not JSON, because none of these files is worth failing for. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Replaces the file in one step: a reader, or a crash, sees the old text or the new one.
 * @throws DISK_FULL, NOT_WRITABLE
 */
export function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw writeError(file, error);
  }
}

/** What to tell a person when `path` could not be written; errors of other kinds stay what they are. */
export function writeError(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!syscall) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new PenumbraError(
      'DISK_FULL',
      `There is no space left on the disk to write ${path}; free some and try again.`,
      { cause: error },
    );
  return new PenumbraError('NOT_WRITABLE', `${path} cannot be written (${code}).`, {
    cause: error,
  });
}
