/** @file The runs that train masks: one each, or both in one. */
import { PenumbraError } from '../../contract/errors';
import type { MaskKind } from '../../contract/noiseMap';
import type { StartTraining } from '../../contract/types';
import { nothingToRead } from '../models/coarseMaps';
import { readsEncoder } from '../models/spec';
import type { Dataset } from './dataset';
import type { EncoderSource } from './planEncoder';
import { type Preset, presetOf } from './presets';
import type { MaskConfig } from './protocol';
import { commonConfig, type MaskRunConfig } from './runConfig';
import type { PlannedRun } from './types';

/**
 * @param first place of the first of these runs in the whole plan
 * @throws INVALID_INPUT if both masks are to be trained together and only one is wanted, or if the mask model reads an encoder that has
 *   no maps
 */
export function planMasks(
  wish: StartTraining,
  dataset: Dataset,
  source: EncoderSource,
  first: number,
): PlannedRun[] {
  const preset = presetOf(wish.preset, source.kind, source.readable);
  const size = wish.size ?? source.inputSize;
  const planned = (mask: MaskKind, title: string, more: Partial<MaskRunConfig> = {}): PlannedRun => {
    const training = maskConfig(wish, preset, mask, size);
    if (readsEncoder(training) && !source.readable) throw nothingToRead();
    const config: MaskRunConfig = {
      ...commonConfig(wish, dataset),
      preset: wish.preset,
      seed: wish.seed,
      training,
      ...(wish.previewIds ? { previews: wish.previewIds } : {}),
      ...more,
    };
    const { encoderId, after } = source;
    return { kind: 'mask', mask, title, encoderId, after, config: { ...config }, steps: training.steps };
  };
  if (!wish.joint)
    return wish.masks.map((mask) =>
      planned(mask, `${mask === 'positive' ? 'Positive' : 'Negative'} mask, ${size} px`),
    );
  if (new Set(wish.masks).size < 2)
    throw new PenumbraError(
      'INVALID_INPUT',
      'Training both masks in one run needs both: ask for the positive and the negative mask.',
    );
  const { budgetRange, outputStride, objective } = maskConfig(wish, preset, 'negative', size);
  return [
    planned('positive', `Both masks, ${size} px`, { joint: { budgetRange, outputStride, objective } }),
    {
      ...planned('negative', `Negative mask, ${size} px, of the same run`, { partner: true }),
      after: { planned: first },
      steps: 1,
    },
  ];
}

/** The preset's recipe with what was asked for by name in its place. */
function maskConfig(
  { seed, overrides }: StartTraining,
  { mask: recipe, kinds }: Preset,
  mask: MaskKind,
  size: number,
): MaskConfig {
  const budgets = mask === 'positive' ? overrides.positiveBudgets : overrides.negativeBudgets;
  const config: MaskConfig = {
    ...recipe,
    ...kinds[mask],
    ...given({
      batch: overrides.batch,
      steps: overrides.maskSteps,
      learningRate: overrides.learningRate,
      sigmaMin: overrides.sigmaMin,
      sigmaMax: overrides.sigmaMax,
      objective: overrides.objective,
      temperature: overrides.temperature,
      budgetRange: budgets,
      model: overrides.maskModel,
      softPenalty: overrides.softPenalty,
      checkRandomisation: overrides.checkRandomisation,
    }),
    ...{ size, seed },
  };
  if (config.sigmaMin >= config.sigmaMax)
    throw new PenumbraError(
      'INVALID_INPUT',
      `The least noise of a pixel (${config.sigmaMin}) has to be below the most (${config.sigmaMax}).`,
    );
  return config;
}

/** Without what was left open. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
