/** @file The activations that fused kernels of TensorFlow.js end with. */
import type { GraphNode } from '../graph/node';
import { PRELU } from './binary';
import { apply, operator } from './elementwise';
import { CLIP, ELU, LEAKY_RELU, RELU, SIGMOID } from './unary';

export interface Activation {
  inputs: { bias?: GraphNode; preluActivationWeights?: GraphNode };
  attributes: { activation?: string; leakyreluAlpha?: number };
}

/** @throws Error if the activation is none of TensorFlow.js' */
export function activate(
  x: GraphNode,
  { activation, leakyreluAlpha }: Activation['attributes'],
  preluWeights: GraphNode | undefined,
): GraphNode {
  switch (activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return apply(RELU, [x], null, x.dtype);
    case 'relu6':
      return apply(CLIP, [x], { min: 0, max: 6 }, x.dtype);
    case 'elu':
      return apply(ELU, [x], null, x.dtype);
    case 'sigmoid':
      return apply(SIGMOID, [x], null, x.dtype);
    case 'tanh':
      return apply(operator('Tanh'), [x], null, x.dtype);
    case 'leakyrelu':
      return apply(LEAKY_RELU, [x], { alpha: leakyreluAlpha ?? 0.2 }, x.dtype);
    case 'prelu':
      return apply(PRELU, [x, preluWeights!], null, x.dtype);
    default:
      throw new Error(`Unknown activation ${activation}.`);
  }
}
