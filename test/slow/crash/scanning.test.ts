/** Killed while scanning: what is in the project is right, and the next scan brings the rest. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProjectSummary } from '../../../src/contract/types';
import { scanFolder } from '../../../src/main/library/scan';
import { Random } from '../../../src/main/noise/random';
import { openProject } from '../../../src/main/store/project';
import { put } from '../../unit/library/pictures';
import { expectIntact, SEED, tellKills } from './checks';
import { killedAfter, type Served } from './served';

const ROUNDS = 50;
/** Several of the portions that a scan writes at once. */
const IMAGES = 1600;

let directory: string;
let folder: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'penumbra-crash-'));
  folder = join(directory, 'images');
  for (let i = 0; i < IMAGES; i++) {
    const noise = { type: 'gaussian' as const, mean: 60 + (i % 120), sigma: 20 };
    const image = sharp({ create: { width: 160, height: 120, channels: 3, background: 'red', noise } });
    const path = `${i % 2 ? 'train' : 'test'}/class ${i % 3}/${i}.jpg`;
    put(folder, path, i % 50 === 7 ? 'no image' : await image.jpeg().toBuffer());
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Every image with all that a scan learns of it. */
function contents(file: string): Map<string, string> {
  const store = openProject(file);
  const found = store.images().map(({ id, ...image }) => {
    const thumbnail = Buffer.from(store.thumbnail(id)!).toString('base64');
    return [image.path, JSON.stringify({ ...image, thumbnail })] as const;
  });
  store.close();
  return new Map(found);
}

async function untilScanned(served: Served): Promise<void> {
  let project = await served.call<ProjectSummary>('project/current');
  while (project.scanning) {
    await new Promise((done) => setTimeout(done, 20));
    project = await served.call<ProjectSummary>('project/current');
  }
}

test('a killed scan leaves whole images, and the next one goes on', async () => {
  const reference = join(directory, 'reference.penumbra');
  const store = openProject(reference, { folder });
  const began = performance.now();
  await scanFolder(folder, store);
  const span = performance.now() - began;
  store.close();
  const expected = contents(reference);
  expect(expected.size).toBe(IMAGES - IMAGES / 50);

  let file = '';
  let projects = 0;
  let partial = 0;
  let before = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(SEED, round, 'scanning');
    if (before === 0 && !existsSync(file)) file = join(directory, `${++projects}.penumbra`);
    let opened = false;
    const open = async (served: Served) => {
      await served.call('project/openFolder', { folder, file });
      opened = true;
    };
    // Every fourth time while the project is made, otherwise once it scans.
    const early = random.below(4) === 0;
    await killedAfter(
      random.uniform(0, early ? 100 : 1.5 * span),
      directory,
      'all',
      async (served) => {
        if (early) await open(served);
        await untilScanned(served);
      },
      early ? undefined : open,
    );
    if (!existsSync(file)) {
      expect(opened).toBe(false);
      continue;
    }
    // A project that was made only halfway is made to its end by whoever opens its folder again.
    openProject(file, { folder }).close();
    expectIntact(file);
    const there = contents(file);
    for (const [path, image] of there) expect(image, path).toBe(expected.get(path));
    expect(there.size).toBeGreaterThanOrEqual(before);
    if (there.size > 0 && there.size < expected.size) partial++;
    before = there.size;
    if (there.size === expected.size) {
      before = 0;
      file = '';
    }
  }
  expect(partial).toBeGreaterThan(0);
  const last = openProject(join(directory, 'last.penumbra'), { folder });
  await scanFolder(folder, last);
  last.close();
  expect(contents(join(directory, 'last.penumbra'))).toEqual(expected);
  tellKills('scanning', ROUNDS, { projects, partial });
});
