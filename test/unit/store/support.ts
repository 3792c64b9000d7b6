import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { NewRun, ProjectStore, ScannedImage } from '../../../src/main/store/types';

const made: string[] = [];

/** A folder of its own for one test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'penumbra-'));
  made.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function scanned(path: string, over: Partial<ScannedImage> = {}): ScannedImage {
  return {
    path,
    className: null,
    split: null,
    width: 8,
    height: 6,
    bytes: 100,
    modifiedMs: 1_700_000_000_000.25,
    hash: `hash of ${path}`,
    thumbnail: new Uint8Array([1, 2, 3]),
    ...over,
  };
}

export function maskRun(
  store: ProjectStore,
  mask: 'positive' | 'negative',
  over: Partial<NewRun> = {},
): number {
  const run: NewRun = {
    kind: 'mask',
    mask,
    title: mask,
    encoderId: null,
    after: null,
    config: {},
    steps: 10,
    ...over,
  };
  return store.addRun(run);
}

export const SCALE = { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 64 };
