/**
 * Why calibration exists. An encoder that never saw noise treats noise as evidence: the positive mask then finds where noise upsets it least, which is not
 * only where the object is (docs/method.md 4). Trained with NT-Xent its maps are worse than "look at the middle"; the relational objective, which looks at small
 * distances, saves them on this folder. The same encoder, calibrated, needs no such luck. The plain encoder's maps look plausible, so nothing but the encoder's own answers under noise gives the failure away: that is what the gate of a run looks at.
 */
import { beforeAll, expect, test } from 'vitest';
import type { EncoderSpec } from '../../src/main/models/spec';
import { centrePrior } from '../../src/main/saliency/methods/priors';
import { gateWarning } from '../../src/main/training/gate';
import type { MaskConfig, NoiseRobustness } from '../../src/main/training/protocol';
import {
  calibrate,
  demoFolder,
  type Folder,
  type Found,
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

/** What maps have to reach on this folder. */
const WANTED = { auroc: 0.96, iou: 0.6 };

async function positiveScores(with_: EncoderSpec, overrides: Partial<MaskConfig> = {}): Promise<Found> {
  const { model } = await trainMask('positive', with_, train.images, SETTING, overrides);
  const maps = await mapsOf('positive', model, imagesIn(`${demo}/test`, 10_000).images);
  const scores = await scoreDemo(demo, 64, maps);
  report('positive scores', scores);
  return scores;
}

test('a plain encoder is right on clean images and wrong on noisy ones', () => {
  expect(accuracy.clean).toBeGreaterThanOrEqual(0.97);
  expect(accuracy.at['1.0']).toBeLessThan(0.6);
  expect(gateWarning({ noiseReady: false, accuracy, agreement: null })).toContain('noise');
});

let plain: Found;
test('its maps trained with NT-Xent are worse than looking at the middle', async () => {
  const images = imagesIn(`${demo}/test`, 10_000).images;
  const middle = await scoreDemo(
    demo,
    64,
    images.map((image) => ({ image, saliency: centrePrior(64, 64) })),
  );
  report('centre prior', middle);
  plain = await positiveScores(encoder, { objective: 'nt-xent' });
  expect(plain.auroc).toBeLessThan(middle.auroc - 0.1);
  expect(plain.iou).toBeLessThan(middle.iou - 0.1);
});

test('its maps trained with the relational objective find the objects, whatever their outlines', async () => {
  const relational = await positiveScores(encoder, { objective: 'relational' });
  expect(relational.auroc).toBeGreaterThanOrEqual(WANTED.auroc);
});

test('its calibrated copy answers as it does on clean images, under noise too, and its maps find the objects', async () => {
  const calibrated = await calibrate(encoder, train.images, SETTING);
  expect(calibrated.agreement.clean).toBeGreaterThan(0.9);
  expect(calibrated.accuracy!.at['1.0']).toBeGreaterThanOrEqual(0.9);
  expect(gateWarning({ noiseReady: true, ...calibrated })).toBeNull();
  const { auroc, iou } = await positiveScores(calibrated.encoder);
  expect(auroc).toBeGreaterThanOrEqual(WANTED.auroc);
  expect(iou).toBeGreaterThanOrEqual(WANTED.iou);
  expect(auroc).toBeGreaterThan(plain.auroc + 0.1);
  expect(iou).toBeGreaterThan(plain.iou + 0.1);
});
