import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the program keeps its own files: PENUMBRA_DATA, else the platform's place for a user's application data
 * (Windows: Local AppData; macOS: Application Support; elsewhere: the XDG base directory specification).
 */
export function dataDirectory(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.PENUMBRA_DATA) return resolve(env.PENUMBRA_DATA);
  const home = homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Penumbra');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Penumbra');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'penumbra');
}
