/**
 * A planted shortcut on photographs: every tulip of train/ and val_same/ carries a sticker. A linear probe on a frozen network learns it, and the positive mask of that
 * probe, calibrated without labels, keeps the sticker.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_BUDGET, keptInformation, noiseFraction } from '../../src/contract/noiseMap';
import { importEncoder } from '../../src/main/models/encoder';
import type { EncoderSpec } from '../../src/main/models/spec';
import { mean } from '../../src/main/noise/statistics';
import { massAccuracy } from '../../src/main/saliency/scores/mass';
import { runProbeJob } from '../../src/main/training/jobs/probe';
import type { JobImage } from '../../src/main/training/protocol';
import { calibrate, imagesIn, mapsOf, report, slowContext, startSlowEngine, trainMask } from './support';

const SHARED = join(import.meta.dirname, '../../../shared/data');
const PHOTOS = join(SHARED, 'flowers2_sticker');
const FLOWERS = join(SHARED, 'flowers5');
const NETWORK = join(SHARED, 'encoders/mobilenet_v1_0.25_128');
const SETTING = { preset: 'draft', size: 128, seed: 1 } as const;
/** Side of the photographs that boxes.csv speaks of. */
const SIDE = 224;

async function probe(encoder: EncoderSpec, train: string, held: string) {
  const { classes, images } = imagesIn(train);
  const all = [
    ...images.map((image) => ({ ...image, held: false })),
    ...imagesIn(held, 10_000).images.map((image) => ({ ...image, held: true })),
  ];
  const result = await runProbeJob({ kind: 'probe', encoder, images: all, classes }, slowContext());
  if (result.kind !== 'probe') throw new Error('no probe came back');
  report(`probe of ${held}`, result.accuracy);
  return result;
}

/** The sticker at the size of the map, by the photograph's file. */
function stickers(split: string): Map<string, Uint8Array> {
  const { size } = SETTING;
  const lines = readFileSync(join(PHOTOS, 'boxes.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
  const found = new Map<string, Uint8Array>();
  for (const line of lines) {
    const [of, kind, file, planted, ...numbers] = line.split(',');
    if (of !== split || planted !== '1') continue;
    const [left, top, width, height] = numbers.map((n) => (Number(n) * size) / SIDE) as [
      number,
      number,
      number,
      number,
    ];
    const inside = Uint8Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [(i % size) + 0.5, Math.floor(i / size) + 0.5];
      return Number(x >= left && x < left + width && y >= top && y < top + height);
    });
    found.set(join(PHOTOS, split, kind!, file!), inside);
  }
  return found;
}

describe.skipIf(!existsSync(PHOTOS) || !existsSync(NETWORK))(
  'a linear probe on MobileNet (../shared/data; skipped where it is absent)',
  () => {
    let network: EncoderSpec;
    beforeAll(async () => {
      await startSlowEngine();
      ({ spec: network } = await importEncoder(NETWORK, { size: SETTING.size }));
    });

    // The shared data's own figures: 0.82, and 0.95 against 0.39 where the sticker changes sides.
    test('is about as good as a head fitted elsewhere, and as fooled by the sticker', async () => {
      const flowers = await probe(network, join(FLOWERS, 'train'), join(FLOWERS, 'val'));
      expect(Math.abs(flowers.accuracy.clean - 0.82)).toBeLessThan(0.05);
      const same = await probe(network, join(PHOTOS, 'train'), join(PHOTOS, 'val_same'));
      expect(same.accuracy.clean).toBeGreaterThan(0.9);
      const flipped = await probe(network, join(PHOTOS, 'train'), join(PHOTOS, 'val_flipped'));
      expect(flipped.accuracy.clean).toBeLessThan(0.45);
    });

    test('keeps the sticker: at least three times its share of the area in kept information', async () => {
      const { images } = imagesIn(join(PHOTOS, 'train'));
      const { encoder: calibrated } = await calibrate(network, images, SETTING);
      const { encoder } = await probe(calibrated, join(PHOTOS, 'train'), join(PHOTOS, 'val_same'));
      const { model } = await trainMask('positive', encoder, images, SETTING, {
        objective: 'kl',
        steps: 150,
      });
      const boxes = stickers('val_same');
      const tulips: JobImage[] = imagesIn(join(PHOTOS, 'val_same'), 10_000).images.filter(({ file }) =>
        boxes.has(file),
      );
      expect(tulips.length).toBeGreaterThan(10);
      const { size } = SETTING;
      const { scale } = model;
      const shares = (await mapsOf('positive', model, tulips, encoder)).map(({ image, saliency }) => {
        const box = boxes.get(image.file)!;
        const logOdds = { width: size, height: size, values: saliency.map((value) => -value) };
        const kept = noiseFraction(logOdds, DEFAULT_BUDGET.positive).values.map((q) =>
          keptInformation(q, scale),
        );
        return { kept: massAccuracy(kept, box), area: mean([...box]) };
      });
      const [kept, area] = [mean(shares.map((s) => s.kept)), mean(shares.map((s) => s.area))];
      report('share of kept information, of area, times', [kept, area, kept / area]);
      expect(kept / area).toBeGreaterThanOrEqual(3);
    });
  },
);
