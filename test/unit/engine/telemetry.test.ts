/** ONNX Runtime keeps an identifier and a queue of reports in the user's cache folder where it may report its use. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'penumbra-home-'));
afterAll(() => rmSync(home, { recursive: true }));

it('no library tells anybody that the program is used', () => {
  const program = resolve(import.meta.dirname, '../../../bin/penumbra.js');
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'doctor', '--json'], {
    env: { ...env, HOME: home, USERPROFILE: home, LOCALAPPDATA: home },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const { engines } = JSON.parse(stdout) as { engines: { device: string; available: boolean }[] };
  expect(engines.find(({ device }) => device === 'cpu')!.available).toBe(true);
  const written = readdirSync(home, { recursive: true, encoding: 'utf8' });
  expect(written.filter((path) => /microsoft|onnxruntime/i.test(path))).toEqual([]);
});
