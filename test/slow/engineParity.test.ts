/** The same training on the wasm engine and on ONNX Runtime gives the same masks, as far as single precision allows. */
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../src/main/engine';
import type { EncoderSpec } from '../../src/main/models/spec';
import { mean } from '../../src/main/noise/statistics';
import { rankCorrelation } from '../../src/main/saliency/scores/rankCorrelation';
import {
  type DrawnMap,
  demoFolder,
  type Folder,
  imagesIn,
  mapsOf,
  report,
  scoreDemo,
  trainEncoder,
  trainMask,
} from './support';

const SETTING = { preset: 'draft', size: 64, seed: 1 } as const;
const ENGINES = ['cpu', 'wasm'] as const;

let demo: string;
let train: Folder;
let encoder: EncoderSpec;
beforeAll(async () => {
  report('engine', (await startEngine('cpu')).name);
  demo = await demoFolder(600, 96);
  train = imagesIn(`${demo}/train`);
  ({ encoder } = await trainEncoder(train, SETTING));
}, 3_600_000);

test.each(['positive', 'negative'] as const)('%s masks', async (mask) => {
  const drawn: DrawnMap[][] = [];
  for (const engine of ENGINES) {
    report('engine', (await startEngine(engine)).name);
    const { model } = await trainMask(mask, encoder, train.images, SETTING);
    drawn.push(await mapsOf(mask, model, imagesIn(`${demo}/test`, 10_000).images));
  }
  const [onnx, wasm] = drawn as [DrawnMap[], DrawnMap[]];
  // Adam divides by the gradient's own size, so that rounding in small gradients moves weights as far as large ones do:
  // after some steps two engines are two trainings that agree, not one.
  const correlations = onnx.map(({ saliency }, i) => rankCorrelation(saliency, wasm[i]!.saliency));
  report('rank correlation of maps', { mean: mean(correlations), least: Math.min(...correlations) });
  expect(mean(correlations)).toBeGreaterThan(0.95);
  const [ours, theirs] = [await scoreDemo(demo, 64, onnx), await scoreDemo(demo, 64, wasm)];
  report('scores', { onnx: ours, wasm: theirs });
  expect(Math.abs(ours.auroc - theirs.auroc)).toBeLessThan(0.01);
});
