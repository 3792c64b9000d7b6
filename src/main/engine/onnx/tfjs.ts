/**
 * @file The pure helpers of TensorFlow.js (shape arithmetic of convolutions, broadcasting, slicing). They hold no state,
 * so it does not matter whether the module that the backend registers with is this same instance.
 */
import { createRequire } from 'node:module';
import type { Tf } from './types';

// Not called `require`: the bundler puts a `require` of its own into the same scope.
const here = createRequire(import.meta.url);
// The core that belongs to the TensorFlow.js in use, wherever the package manager has put it.
const core = createRequire(here.resolve('@tensorflow/tfjs'))('@tensorflow/tfjs-core') as Tf;

/** `backend_util` of TensorFlow.js: output shapes of convolutions, poolings and reductions. */
export const backendUtil = core.backend_util;
/** `slice_util` of TensorFlow.js: what begin, end, strides and masks mean. */
export const sliceUtil = core.slice_util;
/** `gather_util` of TensorFlow.js: checks of indices. */
export const gatherUtil = core.gather_util;
/** `scatter_util` of TensorFlow.js: what indices and updates mean. */
export const scatterUtil = core.scatter_util;
/** `util` of TensorFlow.js. */
export const util = core.util;
/** The type that two operands are converted to. */
export const upcastType = core.upcastType;
