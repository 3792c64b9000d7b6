/** @file What the form has to hold to do a run again. */
import type { DeviceName, MaskModelName, ObjectiveName, PresetName, RunSummary } from '../../contract/types';

/** What the program wrote down of a mask run or an encoder run (src/main/training/runConfig.ts). */
interface RunConfig {
  device: DeviceName;
  split: string | null;
  preset: PresetName;
  seed: number;
  encoder?: 'classifier' | 'simclr' | 'min-max';
  joint?: object;
  previews?: number[];
  training: {
    size: number;
    batch: number;
    epochs?: number;
    steps?: number;
    learningRate: number;
    model?: MaskModelName;
    objective?: ObjectiveName;
    temperature?: number;
    sigmaMin?: number;
    sigmaMax?: number;
    budgetRange?: [number, number];
    softPenalty?: number;
    checkRandomisation?: boolean;
  };
}

export function formOf(run: RunSummary) {
  const config = run.config as unknown as RunConfig;
  const { training } = config;
  const common = {
    preset: config.preset,
    seed: config.seed,
    device: config.device,
    split: config.split ?? '',
    size: training.size,
    batch: training.batch,
  };
  if (run.kind === 'encoder')
    return {
      ...common,
      encoder: config.encoder ?? 'auto',
      encoderEpochs: training.epochs ?? null,
      freshEncoder: true,
    };
  const budgets = training.softPenalty === undefined ? training.budgetRange : undefined;
  const key = run.mask === 'negative' ? 'negativeBudgets' : 'positiveBudgets';
  return {
    ...common,
    masks: config.joint ? 'both' : (run.mask ?? 'both'),
    joint: config.joint !== undefined,
    ...(run.encoderId === null ? {} : { encoder: String(run.encoderId) }),
    maskSteps: training.steps ?? null,
    learningRate: training.learningRate,
    maskModel: training.model ?? '',
    objective: training.objective ?? '',
    temperature: training.temperature ?? null,
    sigmaMin: training.sigmaMin ?? null,
    sigmaMax: training.sigmaMax ?? null,
    softPenalty: training.softPenalty ?? null,
    [key]: budgets ? [...budgets] : [null, null],
    checkRandomisation: training.checkRandomisation ?? false,
    previewIds: config.previews ?? null,
  };
}
