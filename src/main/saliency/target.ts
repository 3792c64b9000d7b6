/** @file What an attribution explains: the answer the encoder gives to the clean image. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { Encoder } from '../models/types';

/**
 * The class an encoder with a head chose for each clean image; without a head, the direction of the clean embedding.
 * `of` names the image each row of x is a version of; absent: row i is a version of image i.
 */
export interface Target {
  /**
   * What gradients are taken of: the logit of the chosen class, or the embedding's component in the clean direction.
   * (The cosine to the clean embedding has no gradient at the clean image, where it is at its maximum.)
   * @returns [rows]
   */
  score(x: Tensor4D, of?: number[]): Tensor1D;
  /** The same from the encoder's last feature map. */
  scoreOfMap(map: Tensor4D): Tensor1D;
  /** How sure the answer still is: softmax of the chosen class, or the cosine to the clean embedding. @returns [rows] */
  confidence(x: Tensor4D, of?: number[]): Tensor1D;
  dispose(): void;
}

/** @param x clean images [batch, height, width, 3] */
export function targetOf(encoder: Encoder, x: Tensor4D): Target {
  return encoder.logits ? chosenClass(encoder, encoder.logits, x) : cleanDirection(encoder, x);
}

type Answers = (x: Tensor4D) => Tensor2D;

function chosenClass(encoder: Encoder, logits: Answers, x: Tensor4D): Target {
  const chosen = tf.tidy(() => {
    const answers = logits(x);
    return tf.oneHot(answers.argMax(1), answers.shape[1]).toFloat() as Tensor2D;
  });
  const pick = (answers: Tensor, of?: number[]) => answers.mul(rows(chosen, of)).sum(1) as Tensor1D;
  return {
    score: (y, of) => tf.tidy(() => pick(logits(y), of)),
    scoreOfMap: (map) => tf.tidy(() => pick(encoder.lastMap!.logits!(map))),
    confidence: (y, of) => tf.tidy(() => pick(logits(y).softmax(), of)),
    dispose: () => chosen.dispose(),
  };
}

function cleanDirection(encoder: Encoder, x: Tensor4D): Target {
  const direction = tf.tidy(() => unit(encoder.embed(x)));
  const along = (z: Tensor, of?: number[]) => z.mul(rows(direction, of)).sum(1) as Tensor1D;
  return {
    score: (y, of) => tf.tidy(() => along(encoder.embed(y), of)),
    scoreOfMap: (map) => tf.tidy(() => along(encoder.lastMap!.embed(map))),
    confidence: (y, of) => tf.tidy(() => along(unit(encoder.embed(y)), of)),
    dispose: () => direction.dispose(),
  };
}

function unit(z: Tensor2D): Tensor2D {
  return z.div(z.norm(2, 1, true).add(1e-12)) as Tensor2D;
}

function rows(ofImages: Tensor2D, of: number[] | undefined): Tensor2D {
  return of ? tf.gather(ofImages, tf.tensor1d(of, 'int32')) : ofImages;
}
