/** Images from anywhere: every kind is read or refused in words; test/slow/hostile.test.ts damages them ten thousand times more. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportFormat, startExport } from '../../../src/contract/types';
import { exportProject } from '../../../src/main/exports';
import { pixelsOf } from '../../../src/main/exports/annotations/pngMask';
import { decodeFull, decodeSquare } from '../../../src/main/library/decode';
import { Portions } from '../../../src/main/library/portions';
import { scanFolder } from '../../../src/main/library/scan';
import { openProject } from '../../../src/main/store/project';
import { brokenImages, wholeImages } from '../../corpus/images';
import { mutated } from '../../corpus/mutate';
import { put } from '../library/pictures';
import { maskRun, SCALE, temporaryFolder } from '../store/support';

const refusal = (work: Promise<unknown>): Promise<{ code: string; message: string } | null> =>
  work.then(
    () => null,
    (error) => error,
  );

it('reads every kind of whole image', async () => {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(await wholeImages())) {
    const file = put(folder, name, bytes);
    const { width, height, rgb } = await decodeFull(file);
    expect(rgb.length, name).toBe(3 * width * height);
    expect(await decodeSquare(file, 8), name).toHaveLength(192);
    const turned = /turned [5-8]/.test(name);
    if (/^turned/.test(name)) expect([width, height]).toEqual(turned ? [32, 48] : [48, 32]);
  }
});

it('refuses every broken one with a sentence that names it', async () => {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(await brokenImages())) {
    const refused = await refusal(decodeSquare(put(folder, name, bytes), 8));
    expect(refused?.code, name).toMatch(/^IMAGE_(UNREADABLE|TOO_LARGE)$/);
    expect(refused!.message).toMatch(/\.$/);
    expect(refused!.message).toContain(`"${name}"`);
  }
});

it('reads or refuses damaged ones, whatever the damage', async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(mutated(await wholeImages()), async ({ name, bytes }) => {
      const refused = await refusal(decodeSquare(put(folder, name, bytes), 8));
      if (refused) expect(refused.code, refused.message).toMatch(/^IMAGE_(UNREADABLE|TOO_LARGE)$/);
    }),
    { seed: 3, numRuns: 150 },
  );
});

describe('names', () => {
  const LONG = `${'x'.repeat(251)}.png`;
  const NAMES = [
    ...[
      '😀 👩‍👩‍👧.png',
      'two\nlines.png',
      'tab\there.png',
      'quote"s.png',
      "apo'strophe.png",
      'a.png',
      'A.png',
      'a.PNG',
    ],
    ...['é.png', 'e\u0301.png', '-rf.png', '%2e%2e%2f.png', '$(touch x).png', '<b>.png', '=cmd().png', LONG],
    ...[
      `${'y'.repeat(250)}a.png`.slice(-255),
      `${'y'.repeat(250)}.PNG`,
      'CON.png',
      'trailing .png',
      '..hidden?.png',
    ],
  ];

  it('of every sort are scanned and exported, each under a name of its own within the folder', async () => {
    const folder = temporaryFolder();
    const whole = (await wholeImages())['png.png']!;
    for (const name of NAMES) put(folder, `class one/${name}`, whole);
    mkdirSync(join(folder, 'loop'));
    symlinkSync(folder, join(folder, 'loop', 'again'));
    symlinkSync('.', join(folder, 'loop', 'self.png'));
    symlinkSync('ring b.png', join(folder, 'loop', 'ring a.png'));
    symlinkSync('ring a.png', join(folder, 'loop', 'ring b.png'));
    const store = openProject(join(temporaryFolder(), 'p.penumbra'), { folder });
    await scanFolder(folder, store);
    // What begins with a dot is hidden.
    const visible = NAMES.filter((name) => !name.startsWith('.'));
    expect(store.images().map(({ path }) => path)).toEqual(visible.map((name) => `class one/${name}`).sort());
    expect(store.unreadable().map(({ path }) => path)).toEqual([
      ...['loop/again', 'loop/ring a.png', 'loop/ring b.png', 'loop/self.png'],
    ]);

    const runId = maskRun(store, 'positive');
    const map = { runId, width: 2, height: 2, logOdds: new Float32Array(4), meanBits: 1, totalBits: 1 };
    const ids = store.images().map(({ id }) => id);
    store.putMaps(
      ids.map((imageId) => ({ ...map, imageId })),
      SCALE,
    );
    store.finishRun(runId, new Uint8Array(1), { status: 'done' });
    const geometry = { kind: 'box', x: 1, y: 1, width: 4, height: 4 } as const;
    const changes = [{ put: { label: 'object', geometry } }];
    store.editAnnotations(ids.map((imageId) => ({ imageId, title: 'draw', changes })));
    const root = temporaryFolder();
    const request = { formats: exportFormat.options, masks: ['positive'], out: join(root, 'out') };
    const { images, failed } = await exportProject(store, startExport.parse(request));
    expect(failed).toEqual([]);
    expect(images).toBe(visible.length);
    expect(readdirSync(root)).toEqual(['out']);
    const names = readdirSync(join(root, 'out', 'heatmap', 'positive', 'class one'));
    expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(visible.length);
    store.close();
  });
});

describe('what is under way at the same time', () => {
  it('fits, begins in order, and what is larger than all goes alone', async () => {
    const portions = new Portions(10);
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const sizes = [4, 5, 3, 25, 1, 1, 9, 10, 2];
    await Promise.all(
      sizes.map((size) =>
        portions.run(size, async () => {
          order.push(size);
          now += size;
          most = Math.max(most, now > 25 ? Number.POSITIVE_INFINITY : size === 25 ? 0 : now);
          expect(size === 25 ? now : 25).toBe(25);
          await new Promise(setImmediate);
          now -= size;
        }),
      ),
    );
    expect(order).toEqual(sizes);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('goes on after a piece has failed', async () => {
    const portions = new Portions(1);
    await expect(portions.run(1, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await portions.run(1, async () => 'done')).toBe('done');
  });
});

it('a picture that only claims to be a mask is not carried out', async () => {
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  await expect(pixelsOf(Buffer.from(drawing), 'a.png')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
