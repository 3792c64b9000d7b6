/** The draft preset, as the sample run uses it: a few hundred images, minutes, and maps that still find the objects. */
import { beforeAll, expect, test } from 'vitest';
import {
  demoFolder,
  imagesIn,
  mapsOf,
  report,
  scoreDemo,
  startSlowEngine,
  trainEncoder,
  trainMask,
} from './support';

beforeAll(startSlowEngine);

test('600 images, encoder and both masks with the draft preset', async () => {
  const setting = { preset: 'draft', size: 64, seed: 1 } as const;
  const demo = await demoFolder(600, 96);
  const train = imagesIn(`${demo}/train`);
  const { encoder } = await trainEncoder(train, setting);
  for (const mask of ['positive', 'negative'] as const) {
    const { model } = await trainMask(mask, encoder, train.images, setting);
    const maps = await mapsOf(mask, model, imagesIn(`${demo}/test`, 10_000).images);
    const scores = await scoreDemo(demo, 64, maps);
    report(`${mask} scores`, scores);
    expect(scores.auroc).toBeGreaterThanOrEqual(0.93);
  }
});
