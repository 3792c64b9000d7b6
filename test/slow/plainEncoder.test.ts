/**
 * Why calibration exists. An encoder that never saw noise treats noise as evidence: the positive mask then finds where noise upsets it least, which is not
 * where the object is, and its maps are worse than chance (docs/method.md 4). The same encoder, calibrated, gives good ones. The maps of the plain encoder look
 * plausible, so nothing but the encoder's own answers under noise gives the failure away: that is what the gate of a run looks at.
 */
import { beforeAll, expect, test } from 'vitest';
import type { EncoderSpec } from '../../src/main/models/spec';
import { gateWarning } from '../../src/main/training/gate';
import type { NoiseRobustness } from '../../src/main/training/protocol';
import {
  calibrate,
  demoFolder,
  type Folder,
  imagesIn,
  mapsOf,
  report,
  scoreDemo,
  startSlowEngine,
  trainEncoder,
  trainMask,
} from './support';

const SETTING = { preset: 'standard', size: 64, seed: 1 } as const;

let demo: string;
let train: Folder;
let encoder: EncoderSpec;
let accuracy: NoiseRobustness;
beforeAll(async () => {
  await startSlowEngine();
  demo = await demoFolder(2400, 64);
  train = imagesIn(`${demo}/train`);
  ({ encoder, accuracy } = await trainEncoder(train, SETTING, 0));
}, 3_600_000);

async function auroc(with_: EncoderSpec): Promise<number> {
  const { model } = await trainMask('positive', with_, train.images, SETTING);
  const maps = await mapsOf('positive', model, imagesIn(`${demo}/test`, 10_000).images);
  const scores = await scoreDemo(demo, 64, maps);
  report('positive scores', scores);
  return scores.auroc;
}

test('a plain encoder is right on clean images, wrong on noisy ones, and its maps are no better than chance', async () => {
  expect(accuracy.clean).toBeGreaterThanOrEqual(0.97);
  expect(accuracy.at['1.0']).toBeLessThan(0.6);
  expect(gateWarning({ noiseReady: false, accuracy, agreement: null })).toContain('noise');
  expect(await auroc(encoder)).toBeLessThan(0.6);
});

test('its calibrated copy answers as it does on clean images, under noise too, and its maps find the objects', async () => {
  const calibrated = await calibrate(encoder, train.images, SETTING);
  expect(calibrated.agreement.clean).toBeGreaterThan(0.9);
  expect(calibrated.accuracy!.at['1.0']).toBeGreaterThanOrEqual(0.9);
  expect(gateWarning({ noiseReady: true, ...calibrated })).toBeNull();
  expect(await auroc(calibrated.encoder)).toBeGreaterThanOrEqual(0.95);
});
