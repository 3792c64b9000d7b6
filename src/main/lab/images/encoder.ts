import type { MaskKind } from '../../../contract/noiseMap';
import type { EncoderSpec, MaskModelSpec } from '../../models/spec';
import { runEncoderJob } from '../../training/jobs/encoder';
import { runMaskJob } from '../../training/jobs/mask';
import { presetOf } from '../../training/presets';
import type { JobContext, MaskConfig } from '../../training/protocol';
import type { LabImage } from '../types';

/** Side of the squares that experiments look at. */
export const SIZE = 48;
/** Share of the training images that the encoder's own figures are measured on. */
const HELD_OUT = 0.05;

/** A classifier of the folder's classes, as the preset "draft" trains it. @param noise 0: one that never saw any */
export async function trainedEncoder(
  job: JobContext,
  images: LabImage[],
  classes: string[],
  seed: number,
  noise?: number,
): Promise<EncoderSpec> {
  const { encoder: recipe } = presetOf('draft', 'classifier');
  const config = { ...recipe, size: SIZE, seed, noise: noise ?? recipe.noise, heldOut: HELD_OUT };
  const result = await runEncoderJob(
    { kind: 'encoder', encoder: 'classifier', images: trainingImages(images), classes, config },
    job,
  );
  if (result.kind !== 'encoder') throw new Error(`the encoder job answered ${result.kind}`);
  return result.encoder;
}

/** Experiments stay comparable with the tables of docs/lab.md when presets change. */
const BUDGETS: Record<MaskKind, MaskConfig['budgetRange']> = { positive: [0.5, 0.95], negative: [0.2, 0.6] };

/** A mask against that encoder, by the preset "draft" with budgets of its own. */
export async function trainedMask(
  job: JobContext,
  mask: MaskKind,
  encoder: EncoderSpec,
  images: LabImage[],
  seed: number,
  overrides: Partial<MaskConfig> = {},
): Promise<MaskModelSpec> {
  const { mask: recipe, kinds } = presetOf('draft', 'classifier');
  const config = { ...recipe, ...kinds[mask], budgetRange: BUDGETS[mask], size: SIZE, seed, ...overrides };
  const result = await runMaskJob(
    { kind: 'mask', mask, encoder, images: trainingImages(images), previews: [], config },
    job,
  );
  if (result.kind !== 'mask') throw new Error(`the mask job answered ${result.kind}`);
  return result.model;
}

export const trainingImages = (images: LabImage[]): LabImage[] => images.filter(({ test }) => !test);

/** Some of the images kept from training, evenly over them. */
export function testImages(images: LabImage[], most: number): LabImage[] {
  const held = images.filter(({ test }) => test);
  const every = Math.max(1, held.length / most);
  return Array.from({ length: Math.min(most, held.length) }, (_, i) => held[Math.floor(i * every)]!);
}
