import type { MaskKind } from '../../../contract/noiseMap';

/**
 * Ways to regularise how much noise there is: `budget` makes the mean of q equal to one; `clamp` and `penalty` pull it by a
 * penalty, with a largest sigma and without; `fixed` sets the entropy, without a largest sigma.
 */
export type Form = 'budget' | 'clamp' | 'penalty' | 'fixed';
export type PenaltyForm = 'clamp' | 'penalty';

/** What a trained mask does to images it has not seen. */
export interface FormMeasure {
  /** Mean of the noise fraction q over the images. */
  noise: number;
  /** Share of the variance in the noisiest fiftieth of an image's pixels. */
  few: number;
  /** Cosine distance between the embeddings of an image and of its noisy view. */
  distance: number;
  /** AUROC of the map as a sign of the object; null without object masks. */
  object: number | null;
}

/** One setting under every form; lists hold one entry a seed. */
export interface SettingRow {
  title: string;
  mask: MaskKind;
  /** The mean of q that is wanted. */
  target: number;
  forms: Record<Form, FormMeasure[]>;
}

/** How the lambda of a form was found: in the first setting, with the first seed. */
export interface Tuned {
  form: PenaltyForm;
  lambda: number;
  tries: { lambda: number; noise: number }[];
}

/** How far the mean may move: not at all, by `most` normalised units, or as it likes. */
export type MeanOption = 'none' | 'bounded' | 'free';

/** What a mask with a learned mean does to images it has not seen. */
export interface MeanMeasure {
  /** Cosine distances: of the view; of its mean alone; of its noise alone. */
  both: number;
  mean: number;
  noise: number;
  /** Slope of the shift on the image. */
  gain: number;
  /** Root mean square of the shift, in 8-bit steps. */
  size: number;
  object: number | null;
}

export interface MeanRow {
  mask: MaskKind;
  option: MeanOption;
  /** One a seed. */
  measures: MeanMeasure[];
}

export interface BudgetsReport {
  experiment: 'budgets';
  seeds: number[];
  steps: number;
  /** Images that were measured on. */
  images: number;
  /** Share of pixels that `few` counts. */
  fewest: number;
  /** Largest shift of a bounded mean, in normalised units. */
  most: number;
  tuned: Tuned[];
  settings: SettingRow[];
  means: MeanRow[];
}
