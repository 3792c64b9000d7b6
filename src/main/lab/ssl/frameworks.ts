/** @file What an encoder learns from two views of an image: L_ssl of Eq. 1. */
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import { constant, heNormal, type NormalSource } from '../../models/layers';
import type { Parameters } from '../../models/parameters';
import type { TrainingResnet } from '../../models/resnetTraining';
import { PROJECTION, project, projectionWeights } from '../../models/simclr';
import type { NamedArrays } from '../../models/spec';
import { cosineDistance } from '../../noise/objectives';
import { contrast } from '../../training/jobs/simclr';
import type { Framework } from './types';

interface Learning {
  /** Weights beside the network's own. */
  weights(random: NormalSource): NamedArrays;
  /** @param first views [batch, size, size, 3] @param second views of the same images */
  loss(net: TrainingResnet, first: Tensor4D, second: Tensor4D): Scalar;
}

export const LEARNING: Record<Framework, Learning> = {
  simclr: { weights: projectionWeights, loss: contrast },
  simsiam: {
    weights: (random) => ({ ...projectionWeights(random), ...predictorWeights(random) }),
    loss: siamese,
  },
};

const BOTTLENECK = 32;

function predictorWeights(random: NormalSource): NamedArrays {
  return {
    'predictor.first': heNormal([PROJECTION, BOTTLENECK], random),
    'predictor.firstOffset': constant(BOTTLENECK, 0),
    'predictor.second': heNormal([BOTTLENECK, PROJECTION], random),
    'predictor.secondOffset': constant(PROJECTION, 0),
  };
}

/**
 * SimSiam (Chen and He 2021): a predictor tells the projection of one view from that of the other, which is held still; without other
 * images to be told from. Projections are standardised over the batch, as its batch normalisation does.
 */
function siamese(net: TrainingResnet, first: Tensor4D, second: Tensor4D): Scalar {
  const count = first.shape[0];
  const features = net.features(tf.concat([first, second], 0) as Tensor4D);
  const projected = standardised(project(net.parameters, net.scores(features)));
  const predicted = predict(net.parameters, projected);
  const half = (z: Tensor2D, from: number) => z.slice([from, 0], [count, -1]);
  const still = heldStill(projected);
  const toSecond = cosineDistance(half(still, count), half(predicted, 0));
  const toFirst = cosineDistance(half(still, 0), half(predicted, count));
  return toSecond.add(toFirst).div(2) as Scalar;
}

/** @param z [batch, PROJECTION] */
function predict(parameters: Parameters, z: Tensor2D): Tensor2D {
  const hidden = z
    .matMul(parameters.get<Tensor2D>('predictor.first'))
    .add(parameters.get('predictor.firstOffset'))
    .relu() as Tensor2D;
  return hidden
    .matMul(parameters.get<Tensor2D>('predictor.second'))
    .add(parameters.get('predictor.secondOffset')) as Tensor2D;
}

/** Mean 0 and variance 1 of every column over the batch. */
export function standardised(z: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const centred = z.sub(z.mean(0, true));
    return centred.div(centred.square().mean(0, true).add(1e-5).sqrt()) as Tensor2D;
  });
}

/** The same values, through which no gradient goes. */
export function heldStill<T extends Tensor>(x: T): T {
  const hold = tf.customGrad((input) => ({
    value: (input as Tensor).clone(),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  }));
  return hold(x) as T;
}
