/** @file Which encoder the masks are trained with, and the runs it takes to have it. */
import { createHash } from 'node:crypto';
import { PenumbraError } from '../../contract/errors';
import type { EncoderKind, StartTraining } from '../../contract/types';
import { hasCoarseMaps } from '../models/coarseMaps';
import { deserialise } from '../models/serialise';
import type { EncoderSpec } from '../models/spec';
import type { ProjectStore } from '../store/types';
import { classesOf, type Dataset, LEAST_OF_CLASS } from './dataset';
import { presetOf } from './presets';
import { type CalibrationRunConfig, commonConfig, type EncoderRunConfig } from './runConfig';
import type { PlannedRun } from './types';

/** Where the mask runs find their encoder: in the project, or as the result of a run. */
export interface EncoderSource {
  encoderId: number | null;
  after: PlannedRun['after'];
  kind: EncoderKind;
  inputSize: number;
  /** Whether a mask model can read its maps. */
  readable: boolean;
}

interface EncoderPlan {
  runs: PlannedRun[];
  source: EncoderSource;
}

const OWN_NAMES: Record<EncoderRunConfig['encoder'], string> = {
  classifier: 'classifier',
  simclr: 'SimCLR',
  'min-max': 'min-max',
};

/**
 * The folder's own encoder: a classifier where there are two classes to tell apart, else SimCLR.
 * @throws TOO_FEW_IMAGES if a classifier is asked for and there are no two classes with enough images
 */
export function planOwnEncoder(store: ProjectStore, wish: StartTraining, dataset: Dataset): EncoderPlan {
  const classes = classesOf(dataset.images, LEAST_OF_CLASS);
  if (wish.ownEncoder === 'classifier' && classes.length < 2)
    throw new PenumbraError(
      'TOO_FEW_IMAGES',
      `A classifier needs two classes (sub-folders) of at least ${LEAST_OF_CLASS} images each; use SimCLR for a folder without classes.`,
    );
  const method =
    wish.ownEncoder === 'auto' ? (classes.length < 2 ? 'simclr' : 'classifier') : wish.ownEncoder;
  const kind: EncoderKind = method === 'classifier' ? 'classifier' : 'simclr';
  const preset = presetOf(wish.preset, kind);
  const training: EncoderRunConfig['training'] = {
    ...preset.encoder,
    size: wish.size ?? preset.size,
    seed: wish.seed,
    batch: wish.overrides.batch ?? preset.encoder.batch,
    epochs: wish.overrides.encoderEpochs ?? preset.encoder.epochs,
    noise: wish.plainEncoder ? 0 : preset.encoder.noise,
  };
  const used = kind === 'classifier' ? classes : [];
  const fingerprint = fingerprintOf({ kind: method, classes: used, training, dataHash: dataset.hash });
  const source = { kind, inputSize: training.size, readable: true };
  if (!wish.freshEncoder) {
    const found = find(store, fingerprint);
    if (found) return { runs: [], source: { ...source, ...found } };
  }
  const what = OWN_NAMES[method];
  const plain = wish.plainEncoder ? ' without noise' : '';
  const config: EncoderRunConfig = {
    ...commonConfig(wish, dataset),
    preset: wish.preset,
    seed: wish.seed,
    encoder: method,
    name: `folder ${what} ${training.size} px${plain}`,
    classes: used,
    fingerprint,
    training,
  };
  const images =
    kind === 'classifier'
      ? dataset.images.filter(({ className }) => className !== null && used.includes(className)).length
      : dataset.images.length;
  const run: PlannedRun = {
    kind: 'encoder',
    mask: null,
    title: `Folder ${what}, ${training.size} px${plain}`,
    encoderId: null,
    after: null,
    config: { ...config },
    steps: stepsOf(images * (1 - training.heldOut), training),
  };
  return { runs: [run], source: { ...source, encoderId: null, after: { planned: 0 } } };
}

/**
 * An encoder of the project, calibrated first unless it is ready for noise (docs/method.md 4) or wanted as it is.
 * @throws ENCODER_UNKNOWN
 */
export function planStoredEncoder(
  store: ProjectStore,
  wish: StartTraining,
  dataset: Dataset,
  encoderId: number,
): EncoderPlan {
  const encoder = store.encoder(encoderId);
  if (!encoder)
    throw new PenumbraError(
      'ENCODER_UNKNOWN',
      `There is no encoder ${encoderId} in this project; import it first.`,
    );
  const { forwardOnly = null } = encoder.card as { forwardOnly?: string | null };
  if (forwardOnly !== null)
    throw new PenumbraError(
      'ENCODER_UNSUPPORTED',
      `"${encoder.name}" works forward only (${forwardOnly}); masks need gradients to the image. Export it as ONNX without quantisation, or choose another encoder.`,
    );
  const { kind } = encoder;
  const { inputSize } = encoder.card as { inputSize: number };
  const spec = deserialise<EncoderSpec>(store.encoderSpec(encoderId)!);
  const source = { kind, inputSize, readable: hasCoarseMaps(spec) };
  if (encoder.noiseReady || wish.plainEncoder)
    return { runs: [], source: { ...source, encoderId, after: null } };

  const preset = presetOf(wish.preset, kind);
  const training: CalibrationRunConfig['training'] = {
    ...preset.calibration,
    size: wish.size ?? inputSize,
    seed: wish.seed,
    batch: wish.overrides.batch ?? preset.calibration.batch,
    steps: wish.overrides.calibrationSteps ?? preset.calibration.steps,
  };
  const fingerprint = fingerprintOf({ calibrated: encoder.fingerprint, training, dataHash: dataset.hash });
  const found = find(store, fingerprint);
  if (found) return { runs: [], source: { ...source, ...found } };
  const config: CalibrationRunConfig = {
    ...commonConfig(wish, dataset),
    preset: wish.preset,
    seed: wish.seed,
    sourceEncoderId: encoderId,
    fingerprint,
    training,
  };
  const run: PlannedRun = {
    kind: 'calibration',
    mask: null,
    title: `Noise calibration of ${encoder.name}`,
    encoderId,
    after: null,
    config: { ...config },
    steps: training.steps,
  };
  return { runs: [run], source: { ...source, encoderId: null, after: { planned: 0 } } };
}

/** An encoder made the same way from the same data: stored already, or about to be made by an earlier run. */
function find(store: ProjectStore, fingerprint: string): Pick<EncoderSource, 'encoderId' | 'after'> | null {
  const stored = store.encoders().findLast((encoder) => encoder.fingerprint === fingerprint);
  if (stored) return { encoderId: stored.id, after: null };
  const pending = store
    .runs()
    .find(
      ({ status, config }) =>
        (status === 'queued' || status === 'running' || status === 'paused') &&
        config.fingerprint === fingerprint,
    );
  return pending ? { encoderId: null, after: pending.id } : null;
}

/** Equal for what was made the same way from the same data. */
export function fingerprintOf(made: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(made)).digest('hex');
}

/** As far as it can be known before training; the job reports the exact number. */
function stepsOf(images: number, { batch, epochs }: { batch: number; epochs: number }): number {
  return Math.max(1, Math.ceil(epochs * Math.ceil(images / batch)));
}
