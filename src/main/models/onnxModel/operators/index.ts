/** @file Every operator of ONNX that is known here, by name. */
import type { Operator } from '../value';
import { convolutionOperators } from './convolution';
import { elementwiseOperators } from './elementwise';
import { matrixOperators } from './matrices';
import { normalisationOperators } from './normalisation';
import { shapeOperators } from './shapes';

export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...convolutionOperators,
  ...elementwiseOperators,
  ...normalisationOperators,
  ...matrixOperators,
  ...shapeOperators,
};
