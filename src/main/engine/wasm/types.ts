/** @file TensorFlow.js' types, under one roof for the kernels. */
export type {
  DataType,
  KernelBackend,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs';

import type { KernelConfig } from '@tensorflow/tfjs';

export type KernelFunc = KernelConfig['kernelFunc'];
export type Attrs = Record<string, unknown>;
export type { backend_util } from '@tensorflow/tfjs';
