/** @file What imported encoders have in common. */
import type { Tensor4D } from '@tensorflow/tfjs';
import type { PixelScaleName } from '../../contract/types';
import type { EncoderSpec, NamedArrays, Normalisation } from './spec';

/** What a model was trained with: (rgb - mean) / std a channel, in 8-bit steps. */
export interface PixelScale {
  mean: [number, number, number];
  std: [number, number, number];
}

/** The scales that models are commonly trained with. */
export const PIXEL_SCALES: Record<PixelScaleName, PixelScale> = {
  // Mean and deviation of ImageNet's photographs: torchvision and most of timm.
  imagenet: { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  // From -1 to 1: the MobileNet family, and most models exported to TensorFlow.js.
  symmetric: { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  unit: { mean: [0, 0, 0], std: [255, 255, 255] },
  bytes: { mean: [0, 0, 0], std: [1, 1, 1] },
};

/** From the units noise is measured in to those the model was trained with. */
export function toModelScale(
  x: Tensor4D,
  { mean, std }: Normalisation,
  scale: PixelScale = PIXEL_SCALES.symmetric,
): Tensor4D {
  const factor = scale.std.map((deviation) => std / deviation);
  const offset = mean.map((value, c) => (value - scale.mean[c]!) / scale.std[c]!);
  return x.mul(factor).add(offset) as Tensor4D;
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
  /** Absent: from -1 to 1. */
  scale?: PixelScale;
  /** What is averaged into the features are tokens, which have no places: there is no last map. */
  tokens?: true;
}

/** One way to read a model. */
export interface Candidate {
  topology: ImportedTopology;
  weights: NamedArrays;
  /** Side of the images it takes; null for any. */
  fixedSize: number | null;
  /** Names of its classes, where the file itself tells them. */
  classes?: string[] | null;
}

export type ImportedSpec = EncoderSpec & { topology: ImportedTopology };
