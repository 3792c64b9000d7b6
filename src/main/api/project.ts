/** @file The `project` area of the contract. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import { kindOf } from '../files/kind';
import { looksLikeImage } from '../library/formats';
import { copyProject } from '../store/copy';
import { ensureSample } from './sample';
import type { ProjectWorkspace } from './workspace';

export const projectApi = (workspace: ProjectWorkspace) => ({
  recent: () => workspace.recents.list(),
  current: () => workspace.summary(),
  openFolder: ({ folder, file }: { folder: string; file?: string }) => workspace.openFolder(folder, file),
  openFile: ({ file }: { file: string }) => workspace.openFile(file),
  openSample: async () => workspace.openFolder(await ensureSample(workspace.dataDirectory)),

  /** @throws PROJECT_MISSING, PROJECT_BUSY, NOT_WRITABLE, DISK_FULL */
  copy: ({ file, to }: { file: string; to: string }) => {
    copyProject(resolve(file), resolve(to));
    return { file: resolve(to) };
  },

  close: async () => {
    await workspace.close();
    return {};
  },

  /** @throws FOLDER_MISSING, FOLDER_UNREADABLE */
  browse: ({ folder }: { folder?: string }) => {
    const path = resolve(folder ?? homedir());
    const entries = listFolder(path);
    const folders = entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || isLinkedFolder(path, entry)))
      .map(({ name }) => name)
      .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    const images = entries.filter((entry) => !entry.isDirectory() && looksLikeImage(entry.name)).length;
    const parent = dirname(path);
    return { folder: path, parent: parent === path ? null : parent, folders, images };
  },
});

function listFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new PenumbraError('FOLDER_MISSING', `${path} is not a folder; check the path.`, { cause: error });
    throw new PenumbraError('FOLDER_UNREADABLE', `${path} cannot be read (${code}); check its permissions.`, {
      cause: error,
    });
  }
}

function isLinkedFolder(parent: string, entry: { name: string; isSymbolicLink(): boolean }): boolean {
  if (!entry.isSymbolicLink()) return false;
  return kindOf(resolve(parent, entry.name)) === 'folder';
}
