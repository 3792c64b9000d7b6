import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { EncoderSpec, Normalisation } from './spec';

/** An image encoder, frozen: evaluation mode, differentiable with respect to its input. */
export interface Encoder {
  readonly inputSize: number;
  readonly embeddingSize: number;
  readonly normalisation: Normalisation;
  readonly classes: string[] | null;
  /** Pooled features. @param x normalised images [batch, height, width, 3] @returns [batch, embeddingSize] */
  embed(x: Tensor4D): Tensor2D;
  /** Class scores before softmax, where the encoder has a head. @returns [batch, classes] */
  logits?(x: Tensor4D): Tensor2D;
  /** The network cut at its last feature map, where it has one: what Grad-CAM looks at. */
  readonly lastMap?: LastMap;
  /**
   * Maps that a mask model may read beside the image, the finer first; an encoder with a last feature map has them.
   * @param x normalised images [batch, height, width, 3] @returns each [batch, h, w, channels]
   */
  coarseMaps?(x: Tensor4D): Tensor4D[];
  /** The encoder as it now is, weights included. */
  spec(): Promise<EncoderSpec>;
  dispose(): void;
}

/** The last features that still have places, and what the network makes of them. */
export interface LastMap {
  /** @param x normalised images [batch, height, width, 3] @returns [batch, h, w, channels] */
  of(x: Tensor4D): Tensor4D;
  /** The rest of `embed`. @returns [batch, embeddingSize] */
  embed(map: Tensor4D): Tensor2D;
  /** The rest of `logits`. @returns [batch, classes] */
  logits?(map: Tensor4D): Tensor2D;
}

/** An encoder with the weights that training may change: the student of noise calibration (docs/method.md 4). */
export interface TrainableEncoder extends Encoder {
  readonly variables: Variable[];
}
