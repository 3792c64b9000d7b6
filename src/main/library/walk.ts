/** @file Finds the files of a folder that a scan should look at. */
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { UnreadableImage } from '../store/types';
import { looksLikeImage } from './formats';
import { isMaskFolder } from './layout';

export interface Walk {
  /** Relative paths with `/` between parts, in reading order. */
  paths: string[];
  /** Sub-folders and links that were not entered, with the reason. */
  skipped: UnreadableImage[];
}

/**
 * Every file below the folder that looks like an image. Hidden entries, object masks and Penumbra's own results are
 * left out; links to folders are not followed, so that loops end and nothing outside the folder is read.
 * @throws FOLDER_MISSING, FOLDER_UNREADABLE, STOPPED
 */
export async function walk(folder: string, signal?: AbortSignal): Promise<Walk> {
  const root = await requireFolder(folder);
  const found: Walk = { paths: [], skipped: [] };
  const waiting = [''];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    if (signal?.aborted) throw new PenumbraError('STOPPED', 'The scan was stopped.');
    const entries = await list(root, directory, found);
    if (directory !== '' && (await holdsOwnResults(join(root, directory), entries))) continue;
    const folders: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!isMaskFolder(path)) folders.push(path);
      } else if (entry.isSymbolicLink()) {
        await addLink(root, path, found);
      } else if (entry.isFile() && looksLikeImage(entry.name)) {
        found.paths.push(path);
      }
    }
    waiting.push(...folders.reverse());
  }
  return found;
}

async function requireFolder(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return await realpath(folder);
  } catch (cause) {
    if (isDenied(cause)) throw denied(folder, cause);
    throw new PenumbraError('FOLDER_MISSING', `The folder "${folder}" does not exist; choose another.`, {
      cause,
    });
  }
  throw new PenumbraError('FOLDER_MISSING', `"${folder}" is not a folder; choose the folder it is in.`);
}

async function list(root: string, directory: string, found: Walk): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(root, directory), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const error = isDenied(cause)
      ? denied(directory || root, cause)
      : new PenumbraError('FOLDER_UNREADABLE', `The folder "${directory || root}" cannot be listed.`, {
          cause,
        });
    if (directory === '') throw error;
    found.skipped.push({ path: directory, code: error.code, message: error.message });
    return [];
  }
}

async function addLink(root: string, path: string, found: Walk): Promise<void> {
  const skip = (reason: string) =>
    found.skipped.push({ path, code: 'IMAGE_UNREADABLE', message: `"${path}" ${reason}.` });
  try {
    const target = await realpath(join(root, path));
    if ((await stat(target)).isDirectory()) skip('is a link to a folder; links to folders are not followed');
    else if (!looksLikeImage(path)) return;
    else if (!target.startsWith(root + sep)) skip('is a link to a file outside the folder');
    else found.paths.push(path);
  } catch {
    if (looksLikeImage(path)) skip('is a link that leads nowhere');
  }
}

/** Whether a sub-folder was written by us (a project or an export), whose pictures are not the user's images. */
async function holdsOwnResults(directory: string, entries: Dirent[]): Promise<boolean> {
  if (entries.some(({ name }) => name.endsWith('.penumbra'))) return true;
  if (!entries.some(({ name }) => name === 'manifest.json')) return false;
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
    return (manifest as { program?: unknown } | null)?.program === 'penumbra';
  } catch {
    return false;
  }
}

function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function denied(folder: string, cause: unknown): PenumbraError {
  return new PenumbraError(
    'FOLDER_UNREADABLE',
    `You have no permission to read the folder "${folder}"; change its permissions or choose another.`,
    { cause },
  );
}
