/** @file Small JSON files in the data directory: read forgivingly, written atomically. */
import { readFileSync } from 'node:fs';
import { writeFileAtomicSync } from '../files/write';

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
  writeFileAtomicSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
