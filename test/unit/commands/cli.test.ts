/** The built program as people and scripts run it; `npm run build` comes first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeImage } from '../api/support';

const program = resolve('bin/penumbra.js');
const built = existsSync(resolve('out/main/cli.js'));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'penumbra-cli-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(args: string[]): ChildProcess {
  const env = { ...process.env, PENUMBRA_DATA: join(root, 'data') };
  return spawn(process.execPath, [program, ...args], { cwd: root, env });
}

async function penumbra(...args: string[]) {
  const child = start(args);
  const out = collect(child);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, ...out };
}

function collect(child: ChildProcess) {
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
    });
  return out;
}

async function drawAnimals(): Promise<string> {
  const folder = join(root, 'animals');
  for (const path of ['cat/1.png', 'cat/2.png', 'dog/1.png']) await writeImage(join(folder, path));
  return folder;
}

describe.skipIf(!built)('the built program', () => {
  it('imports a folder: one JSON document on stdout, JSON lines of progress on stderr', async () => {
    const folder = await drawAnimals();
    const { code, stdout, stderr } = await penumbra('import', folder, '--json', '--progress', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ folder, images: 3, unreadable: 0, unreadableFiles: [] });
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toEqual({ type: 'scan', done: 3, total: 3, unreadable: 0, finished: true });
  });

  it('fails with exit code 1 and wrong usage with 2', async () => {
    expect((await penumbra('import', 'nowhere')).code).toBe(1);
    expect((await penumbra('import')).code).toBe(2);
  });
});

describe.skipIf(!built || !existsSync(resolve('out/renderer/index.html')))('penumbra serve', () => {
  it('answers under the address it prints, and ends cleanly at Ctrl+C', async () => {
    const child = start(['serve', '--port', '0', '--json']);
    const out = collect(child);
    const ended = new Promise<number | null>((done) => child.on('close', done));
    await expect.poll(() => out.stdout, { timeout: 30_000 }).toContain('}');
    const { url } = JSON.parse(out.stdout);
    const { status } = await fetch(url, { redirect: 'manual' });
    expect(status).toBe(303);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(out.stderr).toBe('');
    await expect(fetch(url)).rejects.toThrow();
  });

  it('says when its port is taken', async () => {
    const child = start(['serve', '--port', '0', '--json']);
    const out = collect(child);
    await expect.poll(() => out.stdout, { timeout: 30_000 }).toContain('}');
    const second = await penumbra('serve', '--port', String(JSON.parse(out.stdout).port));
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/is taken/);
    const ended = new Promise((done) => child.on('close', done));
    child.kill('SIGTERM');
    await ended;
  });
});
