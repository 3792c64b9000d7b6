/** @file Where project files lie and how a project is told to a person. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ProjectSummary, Shard } from '../../contract/types';
import type { ProjectStore } from '../store/types';

/** The project of a folder where none is named: in the data directory, because the image folder is never written to. */
export function projectFileOf(folder: string, dataDirectory: string): string {
  const path = resolve(folder);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return join(dataDirectory, 'projects', `${fileName(path)}-${hash}.penumbra`);
}

/** `photos.shard-1-of-3.penumbra` beside `photos.penumbra`. */
export function shardFileOf(project: string, { index, of }: Shard): string {
  return project.replace(/(\.penumbra)?$/, `.shard-${index}-of-${of}.penumbra`);
}

/** Copies made by the program: before a migration, and for shards. */
const COPY = /\.(v\d+\.bak|shard-\d+-of-\d+)\.penumbra$/;

/** The only project file of a folder, beside copies of it; null if it holds none or several. */
export function onlyProjectIn(folder: string): string | null {
  const found = readdirSync(folder).filter((name) => name.endsWith('.penumbra') && !COPY.test(name));
  return found.length === 1 ? join(folder, found[0]!) : null;
}

export function describeProject(store: ProjectStore, scanning: boolean): ProjectSummary {
  const { file, folder } = store;
  return { file, folder, name: nameOf(folder), ...store.counts(), scanning };
}

/** What is left of a folder's name where every file system accepts it. */
function fileName(folder: string): string {
  return (
    nameOf(folder)
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .slice(0, 60) || 'folder'
  );
}

/** `train` alone says little: the folder above it is named too. */
function nameOf(folder: string): string {
  const name = basename(folder) || folder;
  return /^(train|training|images|data)$/i.test(name) ? `${basename(join(folder, '..'))} ${name}` : name;
}
