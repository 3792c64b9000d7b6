/** Encoders small enough to know every answer of. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../../src/main/engine/tf';
import type { Encoder, LastMap } from '../../../src/main/models/types';

const rest = {
  normalisation: { mean: [0, 0, 0] as [number, number, number], std: 1 },
  spec: () => Promise.reject(new Error('never stored')),
  dispose: () => {},
};

/** Chooses between w . x and a constant far below it. @param weights [height, width, 3] */
export function linearEncoder(weights: Float32Array, size: number): Encoder {
  const w = tf.tensor2d(weights, [weights.length, 1]);
  const logits = (x: Tensor4D) =>
    tf.tidy(() => {
      const answers = x.reshape([x.shape[0], -1]).matMul(w) as Tensor2D;
      return tf.concat([answers, tf.fill(answers.shape, -1000)], 1) as Tensor2D;
    });
  return { ...rest, inputSize: size, embeddingSize: 2, classes: ['one', 'none'], embed: logits, logits };
}

/** No head: the embedding is x W. @param weights [height * width * 3, n] */
export function linearEmbedding(weights: Tensor2D, size: number): Encoder {
  return {
    ...{ ...rest, inputSize: size, embeddingSize: weights.shape[1], classes: null },
    embed: (x) => tf.tidy(() => x.reshape([x.shape[0], -1]).matMul(weights) as Tensor2D),
  };
}

/** The first two channels, at half the resolution by average pooling, are the last map; logits = mean of the map x head. */
export function pooledEncoder(head: Tensor2D, size: number): Encoder {
  const of = (x: Tensor4D) =>
    tf.tidy(() => tf.avgPool(x.slice([0, 0, 0, 0], [-1, -1, -1, 2]), 2, 2, 'valid'));
  const lastMap: LastMap = {
    of,
    embed: (map) => map.mean([1, 2]) as Tensor2D,
    logits: (map) => map.mean([1, 2]).matMul(head) as Tensor2D,
  };
  return {
    ...{ ...rest, inputSize: size, embeddingSize: 2, classes: ['a', 'b'], lastMap },
    embed: (x) => tf.tidy(() => lastMap.embed(of(x))),
    logits: (x) => tf.tidy(() => lastMap.logits!(of(x))),
  };
}
