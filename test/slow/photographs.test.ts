/** Photographs with an imported network, end to end: calibration, both masks, maps. A run of few steps; skipped where the shared data is absent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importEncoder } from '../../src/main/models/encoder';
import { calibrate, imagesIn, mapsOf, report, startSlowEngine, trainMask } from './support';

const SHARED = join(import.meta.dirname, '../../../shared/data');
const FLOWERS = join(SHARED, 'flowers2_sticker/train');
const NETWORK = join(SHARED, 'encoders/mobilenet_v1_0.25_128');
const SETTING = { preset: 'draft', size: 96, seed: 1 } as const;

describe.skipIf(!existsSync(FLOWERS) || !existsSync(NETWORK))(
  'flowers with MobileNet (../shared/data; skipped where it is absent)',
  () => {
    beforeAll(startSlowEngine);

    test('calibration brings the network close to its clean answers, and maps differ from image to image', async () => {
      const { images } = imagesIn(FLOWERS);
      const { spec: plain } = await importEncoder(NETWORK, { size: SETTING.size });
      const { encoder, agreement } = await calibrate(plain, images, SETTING);
      expect(agreement.clean).toBeGreaterThan(0.8);
      expect(agreement.at['1.0']).toBeGreaterThan(0.5);
      for (const mask of ['positive', 'negative'] as const) {
        const { model, warnings } = await trainMask(mask, encoder, images, SETTING);
        const maps = await mapsOf(mask, model, images.slice(0, 24), encoder);
        report(`${mask} warnings`, warnings);
        expect(maps).toHaveLength(24);
        for (const { saliency } of maps) {
          expect(saliency.every(Number.isFinite)).toBe(true);
          expect(Math.max(...saliency) - Math.min(...saliency)).toBeGreaterThan(0.1);
        }
      }
    });
  },
);
