/** @file A small encoder and a positive mask for one variant and seed, trained once and kept among temporary files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_CLASSES } from '../../../src/main/library/demo/sprites';
import type { DemoVariant } from '../../../src/main/library/demo/types';
import { deserialise, serialise } from '../../../src/main/models/serialise';
import type { EncoderSpec, MaskModelSpec } from '../../../src/main/models/spec';
import { runEncoderJob } from '../../../src/main/training/jobs/encoder';
import { runMaskJob } from '../../../src/main/training/jobs/mask';
import { presetOf } from '../../../src/main/training/presets';
import { drawSplit, memoryContext } from './sample';

export const SIZE = 48;
export const TRAIN_IMAGES = 400;

export async function trainedModels(
  folder: string,
  variant: DemoVariant,
  seed: number,
): Promise<{ encoder: EncoderSpec; mask: MaskModelSpec }> {
  mkdirSync(folder, { recursive: true });
  const file = (what: string) => join(folder, `${variant}-${seed}.${what}`);
  if (existsSync(file('mask')))
    return {
      encoder: deserialise<EncoderSpec>(readFileSync(file('encoder'))),
      mask: deserialise<MaskModelSpec>(readFileSync(file('mask'))),
    };
  const images = await drawSplit(variant, seed, 'train', TRAIN_IMAGES, SIZE);
  const context = memoryContext(images);
  const { encoder: recipe, mask: maskRecipe, kinds } = presetOf('draft', 'classifier');
  const began = performance.now();
  const classes = [...DEMO_CLASSES];
  const config = { ...recipe, size: SIZE, seed };
  const trained = await runEncoderJob(
    { kind: 'encoder', encoder: 'classifier', images, classes, config },
    context,
  );
  if (trained.kind !== 'encoder') throw new Error('no encoder came back');
  const between = performance.now();
  const result = await runMaskJob(
    {
      kind: 'mask',
      mask: 'positive',
      encoder: trained.encoder,
      images,
      previews: [],
      config: { ...maskRecipe, ...kinds.positive, size: SIZE, seed },
    },
    context,
  );
  if (result.kind !== 'mask') throw new Error('no mask came back');
  const seconds = [between - began, performance.now() - between].map((ms) => Math.round(ms / 1000));
  console.log(
    JSON.stringify({ variant, seed, accuracy: trained.accuracy, seconds, warnings: result.warnings }),
  );
  writeFileSync(file('encoder'), serialise(trained.encoder));
  writeFileSync(file('mask'), serialise(result.model));
  return { encoder: trained.encoder, mask: result.model };
}
