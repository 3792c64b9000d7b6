/**
 * @file How far the noisy view's embedding z~ is from the clean image's z. The positive mask minimises the distance,
 * the negative mask maximises it.
 */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { MaskKind } from '../../contract/noiseMap';
import type { ObjectiveName } from '../../contract/types';
import { tf } from '../engine/tf';

/** Stands for minus infinity where a view is compared with itself. */
const NEVER = -1e9;

/**
 * The loss whose gradient trains a mask.
 * @param clean z of the clean images, [batch, n]; class scores for `kl`
 * @param noisy z~ of the noisy views, in the same order
 */
export function maskLoss(
  mask: MaskKind,
  objective: ObjectiveName,
  clean: Tensor2D,
  noisy: Tensor2D,
  temperature: number,
): Scalar {
  return tf.tidy(() => {
    const distance = distanceOf(objective, clean, noisy, temperature);
    return mask === 'positive' ? distance : (distance.neg() as Scalar);
  });
}

/**
 * Mean distance over the batch. Of `relational` its logarithm; of `log-cosine` and `centred-cosine` the mean of the images' own logarithms,
 * so that an image which hardly moves counts as much as one that moves far (docs/decisions/0011).
 */
export function distanceOf(
  objective: ObjectiveName,
  clean: Tensor2D,
  noisy: Tensor2D,
  temperature: number,
): Scalar {
  // Among no other images, relational distance and NT-Xent are constant, their gradient is zero, and the mean is the image itself.
  const alone = clean.shape[0] === 1;
  switch (objective) {
    case 'relational':
      return alone ? cosineDistance(clean, noisy) : logOf(relationalDistance(clean, noisy, temperature));
    case 'nt-xent':
      return alone ? cosineDistance(clean, noisy) : ntXent(clean, noisy, temperature);
    case 'centred-cosine':
      return alone ? cosineDistance(clean, noisy) : centredCosine(clean, noisy);
    case 'log-cosine':
      return meanLogOf(cosineDistances(clean, noisy));
    case 'cosine':
      return cosineDistance(clean, noisy);
    case 'mse':
      return tf.tidy(() => noisy.sub(clean).square().mean() as Scalar);
    case 'kl':
      return klDivergence(clean, noisy);
  }
}

/**
 * How far noise moves an image among the clean images of its batch: with p_i = softmax_j(cos(z_i, z_j) / temperature) and
 * the same p~_i of the noisy z~_i, the mean of KL(p_i || p~_i). It asks NT-Xent's question (which image is this?), but is zero
 * exactly where the answer is the clean image's, so that a small distance is seen as what it is (docs/decisions/0008).
 */
export function relationalDistance(clean: Tensor2D, noisy: Tensor2D, temperature: number): Scalar {
  return tf.tidy(() => {
    const among = unit(clean);
    const similarities = (z: Tensor2D) => unit(z).matMul(among, false, true).div(temperature) as Tensor2D;
    return klDivergence(similarities(clean), similarities(noisy));
  });
}

/** Keeps the logarithm finite where nothing moves; far below the distances that training sees. */
const LEAST = 1e-6;

/**
 * The distance's logarithm: its gradient is relative to the distance, so that budgets under which an image hardly moves
 * teach as much as those under which it is lost.
 */
function logOf(distance: Scalar): Scalar {
  return tf.tidy(() => distance.add(LEAST).log() as Scalar);
}

/**
 * NT-Xent (SimCLR): of the 2N views, every view must find its partner among the other 2N - 1. Cosine similarity over
 * the temperature, cross entropy, mean over the views.
 * @param first [N, n] @param second [N, n]: row i of one is the partner of row i of the other
 */
export function ntXent(first: Tensor2D, second: Tensor2D, temperature: number): Scalar {
  return tf.tidy(() => {
    const count = first.shape[0];
    const [a, b] = [unit(first), unit(second)];
    const views = tf.concat([a, b], 0) as Tensor2D;
    const self = tf.eye(2 * count).mul(NEVER);
    const scores = views.matMul(views, false, true).div(temperature).add(self);
    const partners = rowDots(a, b).div(temperature);
    return scores.logSumExp(1).mean().sub(partners.mean()) as Scalar;
  });
}

function meanLogOf(distances: Tensor1D): Scalar {
  return tf.tidy(() => distances.add(LEAST).log().mean() as Scalar);
}

/**
 * Mean log(1 - cos(z - m, z~ - m)) with m the mean of the batch's clean z: of what tells an image from the others, how much has turned. Embeddings
 * behind a ReLU share a large part, which makes every angle from the origin small and lets noise that draws the shape of something else pass for
 * noise that removes (docs/decisions/0024).
 */
function centredCosine(clean: Tensor2D, noisy: Tensor2D): Scalar {
  return tf.tidy(() => {
    const shared = clean.mean(0, true);
    return meanLogOf(cosineDistances(clean.sub(shared) as Tensor2D, noisy.sub(shared) as Tensor2D));
  });
}

/** 1 - cos(z, z~), mean over the batch. */
export function cosineDistance(clean: Tensor2D, noisy: Tensor2D): Scalar {
  return tf.tidy(() => cosineDistances(clean, noisy).mean() as Scalar);
}

/** @returns [batch] */
function cosineDistances(clean: Tensor2D, noisy: Tensor2D): Tensor1D {
  return tf.tidy(() => tf.sub(1, rowDots(unit(clean), unit(noisy))) as Tensor1D);
}

/** KL(softmax(clean) || softmax(noisy)), mean over the batch: what the class scores say of the clean image is the truth. */
function klDivergence(clean: Tensor2D, noisy: Tensor2D): Scalar {
  return tf.tidy(() => {
    const truth = tf.logSoftmax(clean);
    return truth
      .exp()
      .mul(truth.sub(tf.logSoftmax(noisy)))
      .sum(1)
      .mean() as Scalar;
  });
}

/** Rows divided by their length; the small constant keeps a dead embedding's gradient finite. */
function unit(z: Tensor2D): Tensor2D {
  return tf.tidy(() => z.div(z.square().sum(1, true).add(1e-12).sqrt()) as Tensor2D);
}

function rowDots(a: Tensor2D, b: Tensor2D): Tensor1D {
  return tf.tidy(() => a.mul(b).sum(1) as Tensor1D);
}
