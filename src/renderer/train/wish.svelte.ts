/** @file What the form holds: a wish to train, kept while one looks elsewhere. */
import type { MaskKind } from '../../contract/noiseMap';
import type { DeviceName, PresetName, StartTrainingInput } from '../../contract/types';

export type MaskChoice = MaskKind | 'both';
/** An own encoder by its kind, or one of the project by its id. */
export type EncoderChoice = 'auto' | 'classifier' | 'simclr' | `${number}`;

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
  split = $state('');
  freshEncoder = $state(false);

  readonly own = $derived(
    this.encoder === 'auto' || this.encoder === 'classifier' || this.encoder === 'simclr',
  );

  /** Another project has other encoders and splits. */
  forgetProject(): void {
    this.encoder = 'auto';
    this.split = '';
  }

  input(): StartTrainingInput {
    const { encoder } = this;
    const own = encoder === 'auto' || encoder === 'classifier' || encoder === 'simclr';
    return {
      masks: this.masks === 'both' ? ['positive', 'negative'] : [this.masks],
      ...(own ? { ownEncoder: encoder, freshEncoder: this.freshEncoder } : { encoderId: Number(encoder) }),
      preset: this.preset,
      size: this.size ?? undefined,
      seed: this.seed,
      device: this.device,
      split: this.split || undefined,
      overrides: {
        maskSteps: this.maskSteps ?? undefined,
        encoderEpochs: this.encoderEpochs ?? undefined,
        batch: this.batch ?? undefined,
      },
    };
  }
}

export const wish = new Wish();
