import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colourTable } from '../../../src/contract/colourMap';
import { keptInformation, legendTop } from '../../../src/contract/noiseMap';
import { type StartExport, startExport } from '../../../src/contract/types';
import { exportProject } from '../../../src/main/exports';
import { inside } from '../../../src/main/exports/inside';
import { readNpy } from '../../../src/main/exports/npy';
import { readPng16 } from '../../../src/main/exports/png16';
import { writeFileAtomic } from '../../../src/main/files/write';
import { scanFolder } from '../../../src/main/library/scan';
import { openProject } from '../../../src/main/store/project';
import type { ProjectStore } from '../../../src/main/store/types';
import { BLUE, corners, cornersPixels, GREEN, oriented, put, RED } from '../library/pictures';
import { maskRun, SCALE, scanned, temporaryFolder } from '../store/support';

const ALL: StartExport['formats'] = ['npy', 'png16', 'heatmap', 'overlay', 'csv', 'sheet'];

let folder: string;
let out: string;
let store: ProjectStore;
let positive: number;
let negative: number;

/** Two images; their positive maps are flat, their negative ones rise from left to right. */
beforeEach(async () => {
  folder = temporaryFolder();
  out = join(temporaryFolder(), 'export');
  put(folder, 'train/cat/plain.png', await corners().png().toBuffer());
  put(folder, 'train/cat/turned.jpg', await oriented(6));
  store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder });
  await scanFolder(folder, store);
  positive = trained('positive', new Float32Array(4));
  negative = trained('negative', new Float32Array([-2, 2, -2, 2]));
});
afterEach(() => store.close());

function trained(mask: 'positive' | 'negative', logOdds: Float32Array): number {
  const runId = maskRun(store, mask, { config: { seed: 7 } });
  store.finishRun(runId, null, { status: 'done', finishedAt: new Date(0).toISOString(), engine: 'wasm' });
  const map = { runId, width: 2, height: 2, logOdds, meanBits: 1, totalBits: 1 };
  store.putMaps(
    store.images().map(({ id }) => ({ ...map, imageId: id })),
    SCALE,
  );
  return runId;
}

const run = (over: Partial<StartExport> & { formats: StartExport['formats'] }, options = {}) =>
  exportProject(store, startExport.parse({ out, ...over }), options);

const npyAt = (path: string) => readNpy(readFileSync(join(out, path)));
const manifest = () => JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

const failure = (work: Promise<unknown>): Promise<{ code: string; message: string }> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  );

describe('exportProject', () => {
  it("lays all formats side by side, under the images' own paths", async () => {
    const result = await run({ formats: ALL });
    const images = ['train/cat/plain', 'train/cat/turned'];
    const masks = ['positive', 'negative'];
    const each = (before: string, extension: string) =>
      masks.flatMap((mask) => images.map((image) => `${before}${mask}/${image}.${extension}`));
    const wanted = [
      ...['manifest.json', 'maps.csv', ...each('', 'npy'), ...each('sigma/', 'npy')],
      ...[...each('png16/', 'png'), ...each('heatmap/', 'png'), ...each('overlay/', 'png')],
      ...['sheet/0001.jpg', 'sheet/sheets.csv'],
    ];
    expect(filesIn(out)).toEqual(wanted.sort());
    expect(result).toEqual({ out, files: wanted.length, images: 2, failed: [] });
  });

  it('writes kept information and sigma of a flat positive map as the closed forms say, at the size of the image', async () => {
    await run({ formats: ['npy'], masks: ['positive'], budget: 0.6 });
    // q = budget everywhere: sigma = sigmaMin^0.4 sigmaMax^0.6.
    const sigma = SCALE.sigmaMin ** 0.4 * SCALE.sigmaMax ** 0.6;
    const kept = 0.5 * Math.log2(1 + sigma ** -2) - 0.5 * Math.log2(1 + SCALE.sigmaMax ** -2);
    const map = npyAt('positive/train/cat/turned.npy');
    expect([map.width, map.height]).toEqual([48, 32]);
    for (const value of map.values) expect(value).toBeCloseTo(kept, 4);
    for (const value of npyAt('sigma/positive/train/cat/turned.npy').values)
      expect(value).toBeCloseTo(sigma * 64, 3);
  });

  it('makes larger mean more important for either mask', async () => {
    const rising = trained('positive', new Float32Array([-2, 2, -2, 2]));
    await run({ formats: ['npy'], runIds: [rising, negative], budget: 0.5 });
    const [kept, taken] = ['positive', 'negative'].map((mask) => npyAt(`${mask}/train/cat/plain.npy`).values);
    // More noise to the right: there a positive mask keeps less, and a negative one hurts more.
    expect(kept![0]).toBeGreaterThan(kept![47]!);
    expect(taken![0]).toBeLessThan(taken![47]!);
    // Symmetric log-odds meet budget 1/2 with shift 0: at the right edge q = sigmoid(2), at the left sigmoid(-2).
    const [low, high] = [1 / (1 + Math.exp(2)), 1 / (1 + Math.exp(-2))];
    const range = Math.log2(SCALE.sigmaMax / SCALE.sigmaMin);
    expect(taken![0]).toBeCloseTo(low * range, 4);
    expect(taken![47]).toBeCloseTo(high * range, 4);
    expect(npyAt('sigma/negative/train/cat/plain.npy').values[47]).toBeCloseTo(
      64 * SCALE.sigmaMin * (SCALE.sigmaMax / SCALE.sigmaMin) ** high,
      3,
    );
  });

  it('writes png16 of the same values, within its steps', async () => {
    await run({ formats: ['npy', 'png16'] });
    const exact = npyAt('negative/train/cat/plain.npy');
    const read = await readPng16(readFileSync(join(out, 'png16/negative/train/cat/plain.png')));
    const top = Math.log2(SCALE.sigmaMax / SCALE.sigmaMin);
    expect(read.scale.high).toBeCloseTo(top, 5);
    for (const [i, value] of exact.values.entries()) {
      expect(Math.abs(read.values[i]! - value)).toBeLessThan((0.51 * top) / 65_535 + 1e-6);
    }
  });

  it('colours heat maps on a fixed scale, and mixes overlays by opacity', async () => {
    await run({
      formats: ['heatmap', 'overlay'],
      masks: ['negative'],
      budget: 0.5,
      colourMap: 'viridis',
      opacity: 0.25,
    });
    const pixels = (path: string) => sharp(join(out, path)).raw().toBuffer();
    const heat = await pixels('heatmap/negative/train/cat/plain.png');
    // Saliency is q times its top, so the colour's place is 255 q.
    const colour = 3 * Math.round(255 / (1 + Math.exp(2)));
    expect([...heat.subarray(0, 3)]).toEqual([...colourTable('viridis').subarray(colour, colour + 3)]);
    const mixed = await pixels('overlay/negative/train/cat/plain.png');
    const image = cornersPixels();
    for (let i = 0; i < image.length; i += 101) {
      expect(mixed[i]).toBe(Math.round(0.75 * image[i]! + 0.25 * heat[i]!));
    }
  });

  it('puts images, maps and noised images side by side on contact sheets', async () => {
    for (let i = 0; i < 9; i++) put(folder, `train/dog/${i}.png`, await corners().png().toBuffer());
    await scanFolder(folder, store);
    positive = trained('positive', new Float32Array(4));
    negative = trained('negative', new Float32Array([-2, 2, -2, 2]));
    await run({ formats: ['sheet'], budget: 0.5 });
    const table = readFileSync(join(out, 'sheet/sheets.csv'), 'utf8').split('\r\n');
    expect([table[1], table[2], table[11]]).toEqual([
      '0001.jpg,1,train/cat/plain.png',
      '0001.jpg,2,train/cat/turned.jpg',
      '0002.jpg,1,train/dog/8.png',
    ]);
    const page = await sharp(join(out, 'sheet/0001.jpg')).raw().toBuffer({ resolveWithObject: true });
    // Ten columns and five rows of 160 pixels, 4 between.
    expect([page.info.width, page.info.height]).toEqual([1636, 816]);
    const second = await sharp(join(out, 'sheet/0002.jpg')).metadata();
    expect([second.width, second.height]).toEqual([160, 816]);
    const at = (row: number, x: number, y: number) => {
      const from = 3 * ((164 * row + y) * page.info.width + x);
      return [...page.data.subarray(from, from + 3)];
    };
    // JPEG keeps flat colours to a few steps.
    const near = (found: number[], wanted: ArrayLike<number>) => {
      for (const [i, value] of found.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(8);
    };
    near(at(0, 30, 30), RED);
    near(at(0, 130, 30), GREEN);
    near(at(0, 80, 130), BLUE);
    const kept = keptInformation(0.5, SCALE) / legendTop('positive', SCALE);
    near(at(1, 80, 80), colourTable('inferno').subarray(3 * Math.round(255 * kept)));
    // The negative mask's noise rises from left to right.
    const moved = (from: number) => {
      let sum = 0;
      for (let x = from; x < from + 30; x++)
        for (let y = 90; y < 150; y++)
          sum += at(4, x, y).reduce((total, value, i) => total + Math.abs(value - BLUE[i]!), 0);
      return sum / 5400;
    };
    expect(moved(5)).toBeGreaterThan(0.3);
    expect(moved(125)).toBeGreaterThan(3 * moved(5));
  });

  it('writes a table with one row an image', async () => {
    await run({ formats: ['csv'], masks: ['positive'], budget: 0.9 });
    const lines = readFileSync(join(out, 'maps.csv'), 'utf8').split('\r\n');
    expect(lines).toHaveLength(4);
    const cells = lines[1]!.split(',');
    const row = Object.fromEntries(lines[0]!.split(',').map((name, i) => [name, cells[i]]));
    expect(row).toMatchObject({
      path: 'train/cat/plain.png',
      class: 'cat',
      split: 'train',
      width: '48',
      height: '32',
    });
    expect(row).toMatchObject({ positive_budget: '0.9', negative_budget: '', negative_mean_bits: '' });
    // At sigma255 = 62.3 the entropy of the rounded Gaussian is that of the Gaussian, 1/2 log2(2 pi e sigma^2), capped at 8.
    const sigma255 = 64 * SCALE.sigmaMin ** 0.1 * SCALE.sigmaMax ** 0.9;
    const bits = Math.min(0.5 * Math.log2(2 * Math.PI * Math.E * sigma255 ** 2), 8);
    expect(Number(row.positive_mean_bits)).toBeCloseTo(bits, 3);
    expect(Number(row.positive_total_bits)).toBeCloseTo(bits * 48 * 32, 0);
  });

  it('says in the manifest what the files are and what made them', async () => {
    await run({ formats: ['npy'], budget: 0.7 });
    const { masks, ...rest } = manifest();
    expect(rest).toMatchObject({
      program: 'penumbra',
      complete: true,
      images: 2,
      formats: ['npy'],
      folder,
      earlier: [],
    });
    expect(rest.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(masks[0]).toMatchObject({
      ...{ mask: 'positive', budget: 0.7, scale: SCALE, encoder: null },
      run: { id: positive, engine: 'wasm', config: { seed: 7 } },
    });
    expect(masks[1].saliency).toMatchObject({ unit: 'bits', larger: 'more important' });
  });

  it('takes the default budget of each kind, the newest runs, and only the images asked for', async () => {
    const imageIds = [store.images()[0]!.id];
    expect(await run({ formats: ['npy'], imageIds })).toMatchObject({ images: 1 });
    expect(filesIn(join(out, 'positive'))).toEqual(['train/cat/plain.npy']);
    expect(manifest().masks.map(({ budget }: { budget: number }) => budget)).toEqual([0.85, 0.25]);
  });

  it('keeps images apart that differ only in their extension, also when one is exported alone', async () => {
    put(folder, 'train/cat/plain.gif', await corners().gif().toBuffer());
    await scanFolder(folder, store);
    positive = trained('positive', new Float32Array(4));
    const [gif, png] = store.images().map(({ id }) => id);
    await run({ formats: ['npy'], masks: ['positive'], imageIds: [gif!, png!] });
    const names = ['train/cat/plain.gif.npy', 'train/cat/plain.png.npy'];
    expect(filesIn(join(out, 'positive'))).toEqual(names);
    rmSync(out, { recursive: true });
    await run({ formats: ['npy'], masks: ['positive'], imageIds: [png!] });
    expect(filesIn(join(out, 'positive'))).toEqual([names[1]]);
  });

  it('lists an image without a map or without its file, and exports the others', async () => {
    rmSync(join(folder, 'train/cat/turned.jpg'));
    put(folder, 'train/cat/new.png', await corners().png().toBuffer());
    store.putImages([scanned('train/cat/new.png')]);
    const result = await run({ formats: ['npy', 'overlay'] });
    expect(result.images).toBe(1);
    expect(result.failed.map(({ path, code }) => [path, code])).toEqual([
      ['train/cat/new.png', 'NO_TRAINED_MASK'],
      ['train/cat/turned.jpg', 'IMAGE_UNREADABLE'],
    ]);
    // What does not need the file is there all the same.
    expect(existsSync(join(out, 'positive/train/cat/turned.npy'))).toBe(true);
  });

  it('tells how far it is', async () => {
    const told: unknown[] = [];
    await run({ formats: ['csv'] }, { onProgress: (progress: unknown) => told.push(progress) });
    expect(told).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
  });
});

describe('stopping', () => {
  it('leaves whole files only, and a manifest that says it is not complete', async () => {
    const stop = new AbortController();
    for (let i = 0; i < 20; i++) put(folder, `train/cat/${i}.png`, await corners().png().toBuffer());
    await scanFolder(folder, store);
    trained('positive', new Float32Array(4));
    const work = run(
      { formats: ['npy'], masks: ['positive'] },
      { signal: stop.signal, onProgress: () => stop.abort() },
    );
    expect((await failure(work)).code).toBe('STOPPED');
    expect(manifest().complete).toBe(false);
    const files = filesIn(out).filter((name) => name !== 'manifest.json');
    expect(files.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(44);
    for (const file of files) expect(npyAt(file).values).toHaveLength(48 * 32);
    // What is there is ours, so that the export can be repeated.
    expect(await run({ formats: ['npy'], masks: ['positive'] })).toMatchObject({ images: 22 });
  });
});

describe('the output folder', () => {
  it('may hold earlier exports, which stay described', async () => {
    await run({ formats: ['npy'], budget: 0.6 });
    await run({ formats: ['csv'] });
    await run({ formats: ['csv'], budget: 0.7 });
    expect(filesIn(out)).toContain('positive/train/cat/plain.npy');
    const { formats, earlier } = manifest();
    expect(formats).toEqual(['csv']);
    expect(earlier).toHaveLength(1);
    expect(earlier[0]).toMatchObject({ formats: ['npy'], masks: [{ budget: 0.6 }, {}] });
  });

  it('may hold other files, but none that would be mixed with ours', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    await run({ formats: ['csv'] });
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');

    rmSync(out, { recursive: true });
    mkdirSync(join(out, 'positive'), { recursive: true });
    const error = await failure(run({ formats: ['npy'] }));
    expect(error.code).toBe('FOLDER_NOT_EMPTY');
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
  });

  it('must be a folder', async () => {
    writeFileSync(out, 'a file');
    expect((await failure(run({ formats: ['csv'] }))).code).toBe('NOT_WRITABLE');
  });

  it('is not left by any path, however the image is called', async () => {
    store.putImages([scanned('../../escaped.png', { width: 4, height: 4 })]);
    trained('positive', new Float32Array(4));
    const { failed } = await run({ formats: ['npy', 'overlay'], masks: ['positive'] });
    expect(failed).toMatchObject([{ path: '../../escaped.png', code: 'INVALID_INPUT' }]);
    expect(existsSync(join(out, '../escaped.npy'))).toBe(false);
  });
});

describe('what cannot be exported', () => {
  it('says what is missing', async () => {
    expect((await failure(run({ formats: ['npy'], runIds: [99] }))).code).toBe('RUN_UNKNOWN');
    expect((await failure(run({ formats: ['npy'], imageIds: [99] }))).code).toBe('IMAGE_UNKNOWN');
    const second = trained('positive', new Float32Array(4));
    expect((await failure(run({ formats: ['npy'], runIds: [positive, second] }))).code).toBe('INVALID_INPUT');
    store.keepOnly(new Set());
    expect((await failure(run({ formats: ['npy'] }))).code).toBe('NO_TRAINED_MASK');
  });
});

describe('writeFileAtomic', () => {
  it('replaces a file whole and leaves nothing else', async () => {
    const directory = temporaryFolder();
    const file = join(directory, 'sub/a.txt');
    await writeFileAtomic(file, 'one');
    await writeFileAtomic(file, 'two');
    expect([readFileSync(file, 'utf8'), filesIn(directory)]).toEqual(['two', ['sub/a.txt']]);
  });

  it('leaves the old file and no other when it fails', async () => {
    const directory = temporaryFolder();
    mkdirSync(join(directory, 'taken'));
    expect((await failure(writeFileAtomic(join(directory, 'taken'), 'x'))).code).toBe('NOT_WRITABLE');
    expect(readdirSync(directory)).toEqual(['taken']);
  });
});

describe('inside', () => {
  it('accepts what lies below the folder, and nothing else', () => {
    expect(inside('/a/b', 'c/../d.png')).toBe('/a/b/d.png');
    expect(inside('/a/b', '..name/x')).toBe('/a/b/..name/x');
    for (const path of ['..', '../b2/x', '/etc/passwd', '.', 'c/../..']) {
      expect(() => inside('/a/b', path)).toThrow(/leads out/);
    }
  });
});
