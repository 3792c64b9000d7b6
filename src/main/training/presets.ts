/** @file What a preset means, in one table: how long and how large, for people who do not want to choose numbers. */
import type { MaskKind } from '../../contract/noiseMap';
import type { EncoderKind, PresetCard, PresetName } from '../../contract/types';
import type { CalibrationJob, EncoderJob, MaskConfig } from './protocol';

export interface Preset {
  description: string;
  /** Side of the square images are stretched to, for the folder's own encoders; an imported one brings its own. */
  size: number;
  encoder: Omit<EncoderJob['config'], 'size' | 'seed'>;
  calibration: Omit<CalibrationJob['config'], 'size' | 'seed'>;
  mask: Omit<MaskConfig, 'size' | 'seed' | 'budgetRange'>;
  budgetRange: Record<MaskKind, [number, number]>;
}

/** docs/method.md 3: one model serves every budget it was trained with. */
const BUDGET_RANGE: Preset['budgetRange'] = { positive: [0.5, 0.95], negative: [0.2, 0.6] };

const MASK = { learningRate: 3e-3, sigmaMin: 0.02, objective: 'nt-xent', temperature: 0.2 } as const;

/**
 * The folder's own encoders, and imported ones where those differ. A noise of 1 is one deviation of the folder's
 * pixels, and what encoders trained up to 1.2 still read well (docs/evaluation.md).
 */
const PRESETS: Record<PresetName, Preset> = Object.freeze({
  draft: {
    description: 'A first look within minutes: coarse, but it shows where to look closer.',
    size: 64,
    encoder: { batch: 32, epochs: 12, width: 16, learningRate: 6e-3, noise: 1.2, heldOut: 0.1 },
    calibration: { batch: 32, steps: 200, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 24, steps: 60, sigmaMax: 1, channels: [16, 24, 32, 48] },
    budgetRange: BUDGET_RANGE,
  },
  standard: {
    description: 'Images at 64 pixels and the recipe our figures were measured with; right for most folders.',
    size: 64,
    encoder: { batch: 32, epochs: 10, width: 24, learningRate: 6e-3, noise: 1.2, heldOut: 0.1 },
    calibration: { batch: 32, steps: 600, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 32, steps: 150, sigmaMax: 1, channels: [16, 24, 32, 48] },
    budgetRange: BUDGET_RANGE,
  },
  fine: {
    description: 'Larger images and longer training for final maps; takes several times as long.',
    size: 96,
    encoder: { batch: 32, epochs: 20, width: 24, learningRate: 6e-3, noise: 1.2, heldOut: 0.1 },
    calibration: { batch: 32, steps: 1200, learningRate: 1e-3, sigmaMax: 1.5 },
    mask: { ...MASK, batch: 32, steps: 300, sigmaMax: 1, channels: [16, 24, 32, 48] },
    budgetRange: BUDGET_RANGE,
  },
} satisfies Record<PresetName, Preset>);

/** An imported network costs tens of times as much a step as one of ours: half the batch makes a draft of it bearable. */
const IMPORTED_BATCH = 16;

/** The preset for training with an encoder of this kind. */
export function presetOf(name: PresetName, encoder: EncoderKind): Preset {
  const preset = PRESETS[name];
  if (encoder === 'classifier' || encoder === 'simclr') return preset;
  const batch = IMPORTED_BATCH;
  return { ...preset, calibration: { ...preset.calibration, batch }, mask: { ...preset.mask, batch } };
}

export function presetCards(): PresetCard[] {
  return (Object.keys(PRESETS) as PresetName[]).map((name) => ({
    name,
    description: PRESETS[name].description,
    size: PRESETS[name].size,
    maskSteps: PRESETS[name].mask.steps,
  }));
}
