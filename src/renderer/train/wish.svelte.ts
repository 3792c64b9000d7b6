/** @file What the form holds: a wish to train, kept while one looks elsewhere. */

import { inCatalogue } from '../../contract/catalogue';
import type { MaskKind } from '../../contract/noiseMap';
import type {
  DeviceName,
  MaskModelName,
  ObjectiveName,
  PresetName,
  RunSummary,
  StartTrainingInput,
} from '../../contract/types';
import { formOf } from './formOfRun';

export type MaskChoice = MaskKind | 'both';
/** An own encoder by its kind, one of the project by its id, or one that is still to be had. */
export type EncoderChoice = OwnEncoder | `${number}` | `catalogue:${string}`;
type OwnEncoder = 'auto' | 'classifier' | 'simclr' | 'min-max';
const OWN: readonly string[] = ['auto', 'classifier', 'simclr', 'min-max'];

/** As many images are looked at while a mask is trained. */
export const MOST_PREVIEWS = 8;

class Wish {
  masks = $state<MaskChoice>('both');
  encoder = $state<EncoderChoice>('auto');
  preset = $state<PresetName>('standard');
  device = $state<DeviceName>('auto');
  seed = $state(1);
  /** Empty fields leave the choice to the preset. */
  size = $state<number | null>(null);
  maskSteps = $state<number | null>(null);
  encoderEpochs = $state<number | null>(null);
  batch = $state<number | null>(null);
  learningRate = $state<number | null>(null);
  calibrationSteps = $state<number | null>(null);
  maskModel = $state<MaskModelName | ''>('');
  objective = $state<ObjectiveName | ''>('');
  temperature = $state<number | null>(null);
  sigmaMin = $state<number | null>(null);
  sigmaMax = $state<number | null>(null);
  /** Lowest and highest budget a mask is trained for. */
  positiveBudgets = $state<[number | null, number | null]>([null, null]);
  negativeBudgets = $state<[number | null, number | null]>([null, null]);
  softPenalty = $state<number | null>(null);
  joint = $state(false);
  checkRandomisation = $state(false);
  split = $state('');
  freshEncoder = $state(false);
  /** Null: images that are spread over the folder. */
  previewIds = $state.raw<number[] | null>(null);

  readonly own = $derived(OWN.includes(this.encoder));
  /** Of the catalogue, while it is not in the project. */
  readonly entry = $derived(inCatalogue(this.encoder));

  /** Fills the form with what a run was made with, to do it again otherwise. */
  take(run: RunSummary): void {
    Object.assign(this, formOf(run));
  }

  /** Another project has other encoders and splits. */
  forgetProject(): void {
    this.encoder = 'auto';
    this.split = '';
    this.previewIds = null;
  }

  input(): StartTrainingInput {
    const encoder = this.encoder as OwnEncoder;
    return {
      masks: this.masks === 'both' ? ['positive', 'negative'] : [this.masks],
      ...(this.own
        ? { ownEncoder: encoder, freshEncoder: this.freshEncoder }
        : { encoderId: Number(encoder) }),
      preset: this.preset,
      size: this.size ?? undefined,
      seed: this.seed,
      device: this.device,
      split: this.split || undefined,
      previewIds: this.previewIds ?? undefined,
      joint: this.joint && this.masks === 'both',
      overrides: {
        maskSteps: this.maskSteps ?? undefined,
        encoderEpochs: this.encoderEpochs ?? undefined,
        batch: this.batch ?? undefined,
        learningRate: this.learningRate ?? undefined,
        calibrationSteps: this.calibrationSteps ?? undefined,
        maskModel: this.maskModel || undefined,
        objective: this.objective || undefined,
        temperature: this.temperature ?? undefined,
        sigmaMin: this.sigmaMin ?? undefined,
        sigmaMax: this.sigmaMax ?? undefined,
        // A soft penalty takes the place of the budgets, whose fields are then hidden.
        positiveBudgets: this.softPenalty === null ? rangeOf(this.positiveBudgets) : undefined,
        negativeBudgets: this.softPenalty === null ? rangeOf(this.negativeBudgets) : undefined,
        softPenalty: this.softPenalty ?? undefined,
        checkRandomisation: this.checkRandomisation || undefined,
      },
    };
  }
}

/** A single budget when only one end is given. */
function rangeOf([low, high]: [number | null, number | null]): [number, number] | undefined {
  const [first, last] = [low ?? high, high ?? low];
  return first === null || last === null ? undefined : [first, last];
}

export const wish = new Wish();
