/** Files of few bytes that unfold to hundreds of millions of pixels: read, but never too many at the same time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bombs } from '../corpus/images';

/** As large as an image may be: a quarter of a gigabyte each, decoded. */
const SIDE = 16_000;
const COPIES = 6;
/** Two that are being decoded, thumbnails, and the program itself. */
const MOST_MEMORY_MB = 1500;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'penumbra-bombs-'));
  for (const [name, bytes] of Object.entries(bombs(SIDE)))
    for (let i = 0; i < COPIES; i++) writeFileSync(join(directory, `${i} ${name}`), bytes);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The most that the process has had in memory so far, in MB. */
function peakOf(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Number(found[1]) / 1024 : 0;
}

test('a folder of decompression bombs is scanned within bounds', async () => {
  const project = join(directory, 'p.penumbra');
  const child = spawn(
    process.execPath,
    [resolve('bin/penumbra.js'), 'import', directory, '--project', project, '--json', '--progress', 'none'],
    { env: { ...process.env, PENUMBRA_DATA: join(directory, 'data') }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let peak = 0;
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakOf(child.pid!));
    } catch {
      // It has ended.
    }
  }, 50);
  let text = '';
  for await (const part of child.stdout) text += part;
  clearInterval(watch);
  const { images, unreadable } = JSON.parse(text) as { images: number; unreadable: number };
  expect({ images, unreadable }).toEqual({ images: 2 * COPIES, unreadable: 0 });
  process.stdout.write(
    `bombs: ${JSON.stringify({ images, pixels: SIDE * SIDE, peakMb: Math.round(peak) })}\n`,
  );
  expect(peak).toBeLessThan(MOST_MEMORY_MB);
});
