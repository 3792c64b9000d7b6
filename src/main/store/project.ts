/** @file The project file, opened: every area's queries as one store. */
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { annotationsArea } from './annotations';
import { encodersArea } from './encoders';
import { inWords, unreadableProject } from './errors';
import { experimentsArea } from './experiments';
import { imageListArea } from './imageList';
import { imagesArea } from './images';
import { mapsArea } from './maps';
import { measuresArea } from './measures';
import { MIGRATIONS } from './migrations';
import type { Migration } from './migrations/types';
import { openDatabase } from './open';
import { reportsArea } from './reports';
import { runsArea } from './runs';
import { settingsArea } from './settings';
import type { ProjectStore } from './types';

export interface OpenProjectOptions {
  /** The image folder: with it a missing project is made, and a project whose images have moved learns their new place. */
  folder?: string;
  /** The schema's steps; the program's own by default. */
  migrations?: Migration[];
}

/**
 * Opens a project file, or makes it where a folder is named. An older schema is migrated, after a backup beside the
 * file; one process owns the file until `close`.
 * @throws PROJECT_MISSING, PROJECT_UNREADABLE, PROJECT_NEWER, PROJECT_BUSY, NOT_WRITABLE, DISK_FULL
 */
export function openProject(file: string, options: OpenProjectOptions = {}): ProjectStore {
  const path = resolve(file);
  const db = openDatabase(path, options.folder !== undefined, options.migrations ?? MIGRATIONS);
  try {
    return inWords(path, () => ({
      file: path,
      folder: settleFolder(db, path, options.folder),
      close: () => {
        db.close();
      },
      ...worded(path, {
        ...imagesArea(db),
        ...imageListArea(db),
        ...measuresArea(db),
        ...encodersArea(db),
        ...runsArea(db),
        ...mapsArea(db),
        ...annotationsArea(db),
        ...reportsArea(db),
        ...experimentsArea(db),
        ...settingsArea(db),
      }),
    }));
  } catch (error) {
    db.close();
    throw error;
  }
}

function settleFolder(db: Database.Database, file: string, given: string | undefined): string {
  if (given !== undefined) {
    db.prepare(
      `INSERT INTO project (id, folder, created_at) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET folder = excluded.folder WHERE folder <> excluded.folder`,
    ).run(resolve(given), new Date().toISOString());
  }
  const folder = db.prepare('SELECT folder FROM project').pluck().get() as string | undefined;
  if (folder === undefined) throw unreadableProject(file);
  return folder;
}

/** The same functions, with SQLite's errors in words. */
function worded<Area extends object>(file: string, area: Area): Area {
  const wrapped = Object.entries(area).map(([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => inWords(file, () => method(...args)),
  ]);
  return Object.fromEntries(wrapped) as Area;
}
