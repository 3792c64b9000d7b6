/** Killed while exporting: every file is whole or absent, and the next export brings the rest and leaves no drafts. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportFormat, type StartExport } from '../../../src/contract/types';
import { exportProject } from '../../../src/main/exports';
import { scanFolder } from '../../../src/main/library/scan';
import { Random } from '../../../src/main/noise/random';
import { openProject } from '../../../src/main/store/project';
import { writeImage } from '../../unit/api/support';
import { maskRun, SCALE } from '../../unit/store/support';
import { expectIntact, SEED, tellKills } from './checks';
import { killedAfter } from './served';

const ROUNDS = 40;
const IMAGES = 5;
const SIDE = 48;

let directory: string;
let file: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'penumbra-crash-'));
  const folder = join(directory, 'images');
  for (let i = 0; i < IMAGES; i++)
    await writeImage(join(folder, `class ${i % 2}`, `${i}.png`), SIDE, SIDE - i);
  file = join(directory, 'drawn.penumbra');
  const store = openProject(file, { folder });
  await scanFolder(folder, store);
  const images = store.images();
  for (const mask of ['positive', 'negative'] as const) {
    const runId = maskRun(store, mask);
    const random = new Random(1, 0, mask);
    const maps = images.map(({ id }) => ({
      ...{ runId, imageId: id, width: SIDE, height: SIDE, meanBits: 1, totalBits: 1 },
      logOdds: Float32Array.from({ length: SIDE * SIDE }, () => 3 * random.normal()),
    }));
    store.putMaps(maps, SCALE);
    store.finishRun(runId, new Uint8Array(1), { status: 'done', finishedAt: '2026-01-01T00:00:00Z' });
  }
  for (const { id } of images)
    store.editAnnotations([
      {
        ...{ imageId: id, title: 'draw' },
        changes: [{ put: { label: 'object', geometry: { kind: 'box', x: 2, y: 3, width: 12, height: 9 } } }],
      },
    ]);
  store.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Contents by path; of the manifest the time it was written is left out. */
function filesIn(out: string): Map<string, string> {
  const entries = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const bytes = readFileSync(path);
      const text = name === 'manifest.json' ? withoutTime(bytes) : bytes.toString('base64');
      return [path.slice(out.length + 1), text];
    }),
  );
}

function withoutTime(manifest: Buffer): string {
  const {
    written: _written,
    earlier: _earlier,
    ...rest
  } = JSON.parse(manifest.toString()) as Record<string, unknown>;
  return JSON.stringify(rest);
}

const request = (out: string): StartExport => ({
  ...{
    formats: exportFormat.options,
    out,
    masks: ['positive', 'negative'],
    colourMap: 'inferno',
    opacity: 0.6,
  },
  ...{ maskOf: 'label', maskStyle: 'binary', cocoShapes: 'drawn' },
});

async function exportAll(out: string): Promise<void> {
  const store = openProject(file);
  const { failed } = await exportProject(store, request(out));
  store.close();
  expect(failed).toEqual([]);
}

const isDraft = (path: string): boolean => /(^|\/)\.penumbra-.*\.tmp$/.test(path);

test('a killed export holds whole files only, and is known as incomplete', async () => {
  const whole = join(directory, 'whole');
  const began = performance.now();
  await exportAll(whole);
  const span = performance.now() - began;
  const expected = filesIn(whole);
  const manifest = expected.get('manifest.json')!;
  const unfinished = JSON.stringify({ ...JSON.parse(manifest), complete: false, images: 0 });

  const left = { files: 0, drafts: 0, complete: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(SEED, round, 'exporting');
    const out = join(directory, `round ${round}`);
    // Every fourth time over an export that is there already: its files stay whole, old or new.
    const over = round % 4 === 3;
    if (over) await exportAll(out);
    await killedAfter(
      random.uniform(0, 1.1 * span),
      directory,
      'all',
      (served) => served.call('exports/run', request(out)),
      (served) => served.call('project/openFile', { file }),
    );
    expectIntact(file);
    const there = existsSync(out) ? filesIn(out) : new Map<string, string>();
    for (const [path, bytes] of there) {
      if (isDraft(path)) left.drafts++;
      else if (path === 'manifest.json') expect([manifest, unfinished]).toContain(bytes);
      else expect(bytes === expected.get(path), path).toBe(true);
    }
    if (there.get('manifest.json') === manifest) left.complete++;
    if (over || there.get('manifest.json') === manifest)
      expect([...there.keys()].filter((path) => !isDraft(path)).sort()).toEqual([...expected.keys()].sort());
    left.files += there.size;

    await exportAll(out);
    const again = filesIn(out);
    expect([...again.keys()].sort()).toEqual([...expected.keys()].sort());
    rmSync(out, { recursive: true });
  }
  tellKills('exporting', ROUNDS, { ...left, ofFiles: expected.size, spanMs: Math.round(span) });
});
