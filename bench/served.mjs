/** @file The built program, served, and a browser to look at it: what benches and screenshots share. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

export const PROGRAM = resolve(import.meta.dirname, '../bin/penumbra.js');

/**
 * @param directory its data directory lies in here
 * @param args further arguments of `penumbra serve`
 */
export async function serve(directory, ...args) {
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--json', ...args], {
    env: { ...process.env, PENUMBRA_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Whoever ends the benchmark ends the program with it.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const url = await new Promise((found, fail) => {
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
      const match = /"url":\s*"([^"]+)"/.exec(text);
      if (match) found(match[1]);
    });
    child.once('exit', (code) => fail(new Error(`The server ended with ${code}.`)));
  });
  const { origin, searchParams } = new URL(url);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${searchParams.get('token')}`,
  };
  return {
    url,
    pid: child.pid,
    /** Calls the contract. */
    call: async (path, input = {}) => {
      const body = JSON.stringify({ json: input });
      const response = await fetch(`${origin}/rpc/${path}`, { method: 'POST', headers, body });
      const { json } = await response.json();
      if (!response.ok) throw new Error(`${path}: ${json?.message}`);
      return json;
    },
    stop: () =>
      new Promise((done) => {
        process.off('exit', end);
        child.once('exit', done);
        child.kill('SIGINT');
      }),
  };
}

export function launchBrowser() {
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  );
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}
