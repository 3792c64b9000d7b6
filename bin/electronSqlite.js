/** A build of better-sqlite3 for Electron, beside the one for Node: the two have different binary interfaces. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const cache = fileURLToPath(new URL('../node_modules/.cache/penumbra', import.meta.url));
const HEADERS = 'https://electronjs.org/headers';

/**
 * The binding's path; made on the first call, from a prebuilt file where one can be had, else compiled.
 * @throws a sentence
 */
export function electronSqlite(electronVersion) {
  const source = dirname(require.resolve('better-sqlite3/package.json'));
  const { version } = require('better-sqlite3/package.json');
  const folder = join(cache, `better-sqlite3-${version}-electron-${electronVersion}`);
  const binding = (root) => join(root, 'build', 'Release', 'better_sqlite3.node');
  if (existsSync(binding(folder))) return binding(folder);

  console.log('Preparing SQLite for Electron; this is done once ...');
  const draft = `${folder}.tmp`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  cpSync(source, draft, { recursive: true, filter: (path) => path !== join(source, 'build') });
  const target = ['--runtime=electron', `--target=${electronVersion}`];
  const made =
    attempt(draft, 'prebuild-install/bin.js', target) ||
    attempt(draft, 'node-gyp/bin/node-gyp.js', ['rebuild', '--release', ...target, `--dist-url=${HEADERS}`]);
  if (!made || !existsSync(binding(draft))) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error('SQLite could not be prepared for Electron (no prebuilt file, and compiling it failed).');
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return binding(folder);
}

/** Runs one of the tools that better-sqlite3 itself installs with. */
function attempt(cwd, tool, args) {
  try {
    const script = require.resolve(tool);
    return spawnSync(process.execPath, [script, ...args], { cwd, stdio: 'ignore' }).status === 0;
  } catch {
    return false;
  }
}
