/** @file What every attribution method is. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Encoder } from '../../models/types';
import type { Target } from '../target';

export interface MethodOptions {
  /** Of everything random in the method. */
  seed: number;
  /** What is explained: `targetOf(encoder, x)`. */
  target: Target;
  /** Called between batches of passes; throws to end the work. */
  breathe(): Promise<void>;
}

export interface Method {
  id: string;
  /** For people. */
  title: string;
  needsGradient: boolean;
  /** Whether it can be computed for this encoder; absent: for every one. */
  worksFor?(encoder: Encoder): boolean;
  /** Another seed gives another map. */
  random?: boolean;
  /**
   * @param x normalised images [batch, height, width, 3]
   * @returns a map an image, [height, width] row by row; larger = more important
   */
  compute(encoder: Encoder, x: Tensor4D, options: MethodOptions): Promise<Float32Array[]>;
}

/** Values of a tensor [batch, ...], image by image. */
export async function perImage(values: Tensor): Promise<Float32Array[]> {
  const all = await values.data<'float32'>();
  const length = all.length / values.shape[0]!;
  return Array.from({ length: values.shape[0]! }, (_, i) => all.slice(i * length, (i + 1) * length));
}

/** Most images in one pass through the encoder, so that memory stays bounded: fewer where they are large. */
export function rowsAtOnce({ shape }: Tensor4D): number {
  const pixels = shape[1] * shape[2];
  return Math.max(1, Math.min(64, Math.floor((64 * 64 * 64) / pixels)));
}
