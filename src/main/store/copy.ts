/** @file Whole copies of a project file. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { PenumbraError } from '../../contract/errors';
import { inWords } from './errors';

/** The database as it is now, as another file: whole, or not at all. */
export function copyInto(db: Database.Database, target: string): void {
  const temporary = `${target}.tmp`;
  rmSync(temporary, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(temporary);
    const handle = openSync(temporary, 'r+');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Copies a project that nobody has open. Several processes may do so at once.
 * @throws PROJECT_MISSING, PROJECT_UNREADABLE, PROJECT_BUSY, NOT_WRITABLE, DISK_FULL
 */
export function copyProject(file: string, target: string): void {
  if (!existsSync(file))
    throw new PenumbraError('PROJECT_MISSING', `The project file "${file}" does not exist.`);
  inWords(file, () => {
    const db = new Database(file, { timeout: 10_000, fileMustExist: true });
    try {
      copyInto(db, target);
    } finally {
      db.close();
    }
  });
}
