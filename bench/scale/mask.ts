/** @file Puts a finished mask run with a tiny model into a project: maps are computed as with any other, only sooner. */

import { serialise } from '../../src/main/models/serialise';
import { unetWeights } from '../../src/main/models/unet';
import { Random } from '../../src/main/noise/random';
import { openProject } from '../../src/main/store/project';

const [file, size] = process.argv.slice(2) as [string, string];
const channels = [4, 8];
const store = openProject(file);
const id = store.addRun({
  ...{ kind: 'mask', mask: 'positive', title: 'tiny mask', encoderId: null, after: null },
  ...{ config: {}, steps: 1 },
});
const model = serialise({
  ...{ channels, size: Number(size), weights: unetWeights(channels, new Random(1, 0, 'weights')) },
  normalisation: { mean: [120, 120, 120], std: 60 },
  scale: { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 60 },
});
store.finishRun(id, model, { status: 'done', finishedAt: new Date().toISOString() });
store.close();
