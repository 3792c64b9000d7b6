/** @file Models as they are stored and sent between processes. */
import type { NoiseScale } from '../../contract/noiseMap';
import type { EncoderKind, MaskModelName } from '../../contract/types';

/** Named float32 arrays: a model's weights, or weights and optimizer state in a checkpoint. */
export type NamedArrays = Record<string, { shape: number[]; values: Float32Array }>;

/** How 8-bit pixels become the units in which noise is measured: (rgb - mean) / std, one std for the three channels. */
export interface Normalisation {
  mean: [number, number, number];
  std: number;
}

/** An encoder as it is stored: enough to build it again in any process. */
export interface EncoderSpec {
  kind: EncoderKind;
  inputSize: number;
  embeddingSize: number;
  normalisation: Normalisation;
  classes: string[] | null;
  /** JSON that the kind's builder understands: layer widths, or the model.json of an imported model. */
  topology: unknown;
  weights: NamedArrays;
  /** A linear probe: class scores on top of the embedding, in place of the model's own. */
  probe?: LinearHead;
}

/** scores = embedding filter + offset. */
export interface LinearHead {
  /** [embeddingSize, classes] */
  filter: NamedArrays[string];
  /** [classes] */
  offset: NamedArrays[string];
}

/** A trained mask model as it is stored. */
export interface MaskModelSpec {
  /** Absent: a U-Net of these channels. */
  model?: MaskModelName;
  channels: number[];
  size: number;
  normalisation: Normalisation;
  scale: NoiseScale;
  weights: NamedArrays;
  /** The negative mask that was trained in the same run. */
  partner?: MaskPartner;
}

/** Whether a mask model reads maps of the encoder beside the image, and so needs the one it was trained with. */
export const readsEncoder = ({ model }: Pick<MaskModelSpec, 'model'>): boolean => model === 'unet-encoder';

export interface MaskPartner {
  model: MaskModelSpec;
  warnings: string[];
}
