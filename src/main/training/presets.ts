/** @file What a preset means, in one table: how long and how large, for people who do not want to choose numbers. */
import type { MaskKind } from '../../contract/noiseMap';
import type { EncoderKind, PresetCard, PresetName } from '../../contract/types';
import type { CalibrationJob, EncoderJob, MaskConfig } from './protocol';

/** What differs between the two kinds of masks. */
type KindOfMask = Pick<MaskConfig, 'budgetRange' | 'outputStride' | 'objective'>;

export interface Preset {
  description: string;
  /** Side of the square images are stretched to, for the folder's own encoders; an imported one brings its own. */
  size: number;
  encoder: Omit<EncoderJob['config'], 'size' | 'seed'>;
  calibration: Omit<CalibrationJob['config'], 'size' | 'seed'>;
  mask: Omit<MaskConfig, 'size' | 'seed' | keyof KindOfMask>;
  kinds: Record<MaskKind, KindOfMask>;
}

/**
 * docs/method.md 3 and 5: one model serves every budget; finer negative masks were measured worse. Budgets of positive masks:
 * docs/decisions/0022 and 0024.
 */
const KINDS: Preset['kinds'] = {
  positive: { budgetRange: [0.2, 0.8], outputStride: 2, objective: 'centred-cosine' },
  negative: { budgetRange: [0.2, 0.6], outputStride: 4, objective: 'centred-cosine' },
};

const MASK = {
  learningRate: 6e-3,
  sigmaMin: 0.02,
  sigmaMax: 1,
  temperature: 0.2,
  channels: [12, 16, 24, 32],
};

/**
 * The folder's own encoders, and imported ones where those differ. A noise of 1 is one deviation of the folder's
 * pixels: the most that masks place, and encoders are trained to read. A short training needs more to read that (docs/decisions/0024).
 */
const PRESETS: Record<PresetName, Preset> = Object.freeze({
  draft: {
    description: 'A first look within minutes: coarse, but it shows where to look closer.',
    size: 64,
    encoder: { batch: 32, epochs: 12, width: 16, learningRate: 6e-3, noise: 1.2, heldOut: 0.1 },
    calibration: { batch: 32, steps: 200, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 24, steps: 50 },
    kinds: KINDS,
  },
  standard: {
    description: 'Images at 64 pixels and the recipe our figures were measured with; right for most folders.',
    size: 64,
    encoder: { batch: 32, epochs: 10, width: 24, learningRate: 6e-3, noise: 1, heldOut: 0.1 },
    calibration: { batch: 32, steps: 600, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 32, steps: 150 },
    kinds: KINDS,
  },
  fine: {
    description: 'Larger images and longer training for final maps; takes several times as long.',
    size: 96,
    encoder: { batch: 32, epochs: 20, width: 24, learningRate: 6e-3, noise: 1, heldOut: 0.1 },
    calibration: { batch: 32, steps: 1200, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 32, steps: 300 },
    kinds: KINDS,
  },
} satisfies Record<PresetName, Preset>);

/**
 * An imported network costs tens of times as much a step as one of ours: half the batch makes a draft of it bearable.
 * It has learned from a million images: at the learning rate of our own networks calibration forgets much of that. Objectives
 * and budgets as they were measured on photographs (docs/evaluation.md).
 */
const IMPORTED = { batch: 16, calibrationBatch: 32, calibrationRate: 4e-4 } as const;
const IMPORTED_KINDS: Preset['kinds'] = {
  positive: { ...KINDS.positive, objective: 'nt-xent', budgetRange: [0.5, 0.95] },
  negative: { ...KINDS.negative, objective: 'log-cosine' },
};

/**
 * The preset for training with an encoder of this kind.
 * @param readable whether a mask model can read the encoder's maps: what it has learned from a million images a mask cannot learn from
 *   a folder (docs/decisions/0021)
 */
export function presetOf(name: PresetName, encoder: EncoderKind, readable = false): Preset {
  const preset = PRESETS[name];
  if (encoder === 'classifier' || encoder === 'simclr') return preset;
  const { batch, calibrationBatch, calibrationRate: learningRate } = IMPORTED;
  return {
    ...preset,
    calibration: { ...preset.calibration, batch: calibrationBatch, learningRate },
    mask: { ...preset.mask, batch, ...(readable ? { model: 'unet-encoder' } : {}) },
    kinds: IMPORTED_KINDS,
  };
}

export function presetCards(): PresetCard[] {
  return (Object.keys(PRESETS) as PresetName[]).map((name) => ({
    name,
    description: PRESETS[name].description,
    size: PRESETS[name].size,
    maskSteps: PRESETS[name].mask.steps,
    budgets: {
      own: budgetsOf(presetOf(name, 'classifier')),
      imported: budgetsOf(presetOf(name, 'onnx-model')),
    },
  }));
}

function budgetsOf({ kinds: { positive, negative } }: Preset): PresetCard['budgets']['own'] {
  return { positive: positive.budgetRange, negative: negative.budgetRange };
}
