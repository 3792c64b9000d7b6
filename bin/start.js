#!/usr/bin/env node
/** `npm start`: the desktop window, or the same window served to a browser where Electron cannot be used. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { findElectron } from './findElectron.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const BUILT = ['out/main/index.js', 'out/main/cli.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
/** A window that ends sooner than this never came up. */
const COMES_UP_MS = 5000;

build();
const window = findElectron({ download: true });
if ('why' in window) serve(window.why);
else openDesktop(window);

function build() {
  if (BUILT.every((file) => existsSync(new URL(`../${file}`, import.meta.url)))) return;
  console.log('Building Penumbra for its first start ...');
  const electronVite = require
    .resolve('electron-vite/package.json')
    .replace('package.json', 'bin/electron-vite.js');
  const { status } = spawnSync(process.execPath, [electronVite, 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error('The build failed; its messages are above.');
    process.exit(1);
  }
}

function openDesktop({ electron, binding }) {
  const began = Date.now();
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const child = spawn(electron, [root], {
    stdio: 'inherit',
    env: { ...env, PENUMBRA_SQLITE_BINDING: binding },
  });
  const ended = (how) => {
    if (Date.now() - began < COMES_UP_MS) serve(`Electron did not start (${how}).`);
    else process.exit(1);
  };
  child.once('error', (error) => ended(error.message));
  child.once('exit', (code, signal) => (code === 0 ? process.exit(0) : ended(signal ?? `exit code ${code}`)));
}

function serve(why) {
  console.log(`${why} The same window is served to your browser instead.`);
  process.argv.splice(2, process.argv.length, 'serve', '--open');
  import('./penumbra.js');
}
