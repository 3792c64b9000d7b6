/** @file What imported encoders have in common. */
import type { Tensor4D } from '@tensorflow/tfjs';
import type { EncoderSpec, Normalisation } from './spec';

/**
 * The scale imported encoders expect, (rgb - 127.5) / 127.5: that of the MobileNet family, and of most models exported
 * to TensorFlow.js.
 */
const MODEL_SCALE = 127.5;

/** From the units noise is measured in to those the model was trained with. */
export function toModelScale(x: Tensor4D, { mean, std }: Normalisation): Tensor4D {
  const offset = mean.map((value) => (value - MODEL_SCALE) / MODEL_SCALE);
  return x.mul(std / MODEL_SCALE).add(offset) as Tensor4D;
}

/** Until a folder's own statistics are known: mean and deviation of ImageNet's photographs, in 8-bit steps. */
export const PHOTOGRAPHS: Normalisation = { mean: [123.7, 116.3, 103.5], std: 58 };

/** Side used where the model accepts any and nobody chose. */
export const DEFAULT_IMPORT_SIZE = 128;

/** How an imported model is stored: its graph, its weights' types, and which of its nodes are used. */
export interface ImportedTopology {
  modelTopology: object;
  weights: { name: string; shape: number[]; dtype: 'float32' | 'int32' | 'bool' }[];
  features: string;
  logits: string | null;
}

export type ImportedSpec = EncoderSpec & { topology: ImportedTopology };
