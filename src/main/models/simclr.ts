/** @file SimCLR's projection head (Chen et al. 2020): the loss is taken behind it, the embedding before it. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { constant, heNormal, type NormalSource } from './layers';
import type { Parameters } from './parameters';
import type { NamedArrays } from './spec';

/** Length of the hidden layer, which is the head of the residual network, and of the projection. */
export const HIDDEN = 128;
export const PROJECTION = 64;

export function projectionWeights(random: NormalSource): NamedArrays {
  return {
    'projection.filter': heNormal([HIDDEN, PROJECTION], random),
    'projection.offset': constant(PROJECTION, 0),
  };
}

/** @param hidden [batch, HIDDEN] before its activation @returns [batch, PROJECTION] */
export function project(parameters: Parameters, hidden: Tensor2D): Tensor2D {
  return hidden
    .relu()
    .matMul(parameters.get<Tensor2D>('projection.filter'))
    .add(parameters.get('projection.offset')) as Tensor2D;
}
