/** @file Opens the project file: pragmas, ownership, schema version, backup and migrations. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import Database from 'better-sqlite3';
import { PenumbraError } from '../../contract/errors';
import { copyInto } from './copy';
import { inWords, unreadableProject, unwritableProject } from './errors';
import type { Migration } from './migrations/types';

/** "PNMB": tells `file` and us that a database is a Penumbra project. */
const APPLICATION_ID = 0x504e4d42;
const BUSY_TIMEOUT_MS = 2000;

/**
 * The database, migrated, owned by this process until it is closed (SQLite's exclusive lock, which the system gives
 * back even if the process is killed).
 * @param create whether a missing file is made
 */
export function openDatabase(file: string, create: boolean, migrations: Migration[]): Database.Database {
  const fresh = !existsSync(file) || statSync(file).size === 0;
  if (fresh && !create) {
    if (existsSync(file)) throw unreadableProject(file);
    throw new PenumbraError('PROJECT_MISSING', `The project file "${file}" does not exist.`);
  }
  const db = inWords(file, () => connect(file));
  try {
    inWords(file, () => prepare(db, file, migrations));
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function connect(file: string): Database.Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    throw new PenumbraError('NOT_WRITABLE', `The folder "${dirname(file)}" cannot be created.`, { cause });
  }
  try {
    // SQLite opens a write-protected file for reading and then reports an input/output error.
    if (existsSync(file)) accessSync(file, constants.W_OK);
  } catch (cause) {
    throw unwritableProject(file, cause);
  }
  return new Database(file, { timeout: BUSY_TIMEOUT_MS, nativeBinding: electronBinding() });
}

/**
 * In a checkout the binding in node_modules is Node's; `npm start` prepares another for Electron and names it here. An
 * installed program brings the right one and takes no hint from outside.
 */
function electronBinding(): string | undefined {
  const inCheckout = (process as { defaultApp?: boolean }).defaultApp === true;
  return inCheckout ? process.env.PENUMBRA_SQLITE_BINDING : undefined;
}

function prepare(db: Database.Database, file: string, migrations: Migration[]): void {
  // Nothing is written before the file has proved to be ours.
  db.pragma('locking_mode = EXCLUSIVE');
  const version = db.pragma('user_version', { simple: true }) as number;
  const id = db.pragma('application_id', { simple: true }) as number;
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (id !== APPLICATION_ID && (id !== 0 || version !== 0 || tables !== 0)) throw unreadableProject(file);

  const newest = migrations.at(-1)!.version;
  if (version > newest) {
    throw new PenumbraError(
      'PROJECT_NEWER',
      `"${basename(file)}" was written by a newer version of Penumbra (schema ${version}, this version knows ` +
        `${newest}); update Penumbra, or open a backup made before (${basename(backupName(file, newest))}).`,
    );
  }
  db.pragma('journal_mode = WAL');
  // With FULL every commit reaches the disk before the call returns; WAL's usual NORMAL may lose the last ones.
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // 64 MiB, so that the lists of 100,000 images stay in memory (the usual 2 MB hold 8,000).
  db.pragma('cache_size = -65536');
  // Takes the exclusive lock now, so that a second process is refused here and not in the middle of its work.
  db.exec('BEGIN IMMEDIATE; COMMIT');
  migrate(db, file, version, migrations);
}

function migrate(db: Database.Database, file: string, version: number, migrations: Migration[]): void {
  const pending = migrations.filter((migration) => migration.version > version);
  if (pending.length === 0) return;
  if (version > 0) backUp(db, file, version);
  db.transaction(() => {
    for (const migration of pending) {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** `photos.penumbra` at schema 1 is backed up as `photos.v1.bak.penumbra`. */
function backupName(file: string, version: number): string {
  const extension = extname(file);
  return join(dirname(file), `${basename(file, extension)}.v${version}.bak${extension}`);
}

/**
 * A complete copy beside the project, made before its schema changes. It is a project of its own: to go back, close
 * the program and rename it to the project's name (removing the project's -wal file, if one is left).
 */
function backUp(db: Database.Database, file: string, version: number): void {
  copyInto(db, backupName(file, version));
}
