/** @file What SQLite reports, as sentences for people. */
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { type ErrorCode, PenumbraError } from '../../contract/errors';

type Sentence = [ErrorCode, (name: string) => string];

const UNREADABLE: Sentence = [
  'PROJECT_UNREADABLE',
  (name) =>
    `"${name}" is not a Penumbra project, or it is damaged; choose another file, or put a backup in its place.`,
];
const NOT_WRITABLE: Sentence = [
  'NOT_WRITABLE',
  (name) =>
    `The project "${name}" cannot be written; check the permissions of the file and of the folder it is in.`,
];

/** By SQLite's primary result code; extended codes such as SQLITE_BUSY_SNAPSHOT begin with it. */
const SENTENCES: Record<string, Sentence> = {
  SQLITE_BUSY: [
    'PROJECT_BUSY',
    (name) => `The project "${name}" is open in another window or process; close it there first.`,
  ],
  SQLITE_FULL: [
    'DISK_FULL',
    (name) => `The disk is full: "${name}" could not be written. Free some space and try again.`,
  ],
  SQLITE_READONLY: NOT_WRITABLE,
  SQLITE_PERM: NOT_WRITABLE,
  SQLITE_CANTOPEN: NOT_WRITABLE,
  SQLITE_NOTADB: UNREADABLE,
  SQLITE_CORRUPT: UNREADABLE,
  SQLITE_IOERR: [
    'PROJECT_UNREADABLE',
    (name) => `The disk that holds "${name}" reports an error; check that it is connected and not full.`,
  ],
};

export function unreadableProject(file: string, cause?: unknown): PenumbraError {
  return new PenumbraError(UNREADABLE[0], UNREADABLE[1](basename(file)), { cause });
}

export function unwritableProject(file: string, cause?: unknown): PenumbraError {
  return new PenumbraError(NOT_WRITABLE[0], NOT_WRITABLE[1](basename(file)), { cause });
}

/** The same error in words, where SQLite says what happened; anything else as it came. */
export function describeSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const primary = error.code.split('_').slice(0, 2).join('_');
  const found = SENTENCES[primary];
  return found ? new PenumbraError(found[0], found[1](basename(file)), { cause: error }) : error;
}

/** Runs `work`, with SQLite's errors in words. */
export function inWords<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw describeSqliteError(error, file);
  }
}
