import { binaryKernels } from './binary';
import { conv2dKernels } from './conv2d';
import { createKernels } from './create';
import { depthwiseKernels } from './depthwise';
import { gatherKernels } from './gather';
import { joinKernels } from './join';
import type { KernelDefinition } from './kernel';
import { matMulKernels } from './matmul';
import { normaliseKernels } from './normalise';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { resizeKernels } from './resize';
import { shapeKernels } from './shapes';
import { sliceKernels } from './slice';
import { unaryKernels } from './unary';

/** Every kernel that is recorded; all others of TensorFlow.js run on its cpu backend. */
export const KERNELS: readonly KernelDefinition[] = [
  ...shapeKernels,
  ...createKernels,
  ...unaryKernels,
  ...binaryKernels,
  ...reduceKernels,
  ...normaliseKernels,
  ...matMulKernels,
  ...conv2dKernels,
  ...depthwiseKernels,
  ...poolKernels,
  ...resizeKernels,
  ...sliceKernels,
  ...joinKernels,
  ...gatherKernels,
];
