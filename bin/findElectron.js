/** Electron and a SQLite made for it, or why it cannot be used. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { electronSqlite } from './electronSqlite.js';

const require = createRequire(import.meta.url);

/**
 * @param {{ download: boolean }} options whether a binary that is not there is fetched
 * @returns {{ electron: string, version: string, binding: string } | { why: string }}
 */
export function findElectron({ download }) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 12))
    return { why: `Electron needs Node 22.12 or newer to start, and this is Node ${process.versions.node}.` };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { why: 'There is no display to open a window on.' };
  try {
    const folder = dirname(require.resolve('electron/package.json'));
    if (!download && !existsSync(join(folder, 'path.txt'))) return { why: "Electron's binary is not here." };
    // Downloads its binary when it is not there yet.
    const electron = require('electron');
    const { version } = require('electron/package.json');
    return { electron, version, binding: electronSqlite(version) };
  } catch (error) {
    return { why: error.message.split('\n')[0] };
  }
}
