/** @file TensorFlow.js' wasm backend, completed with the gradient kernels that training needs. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { tf } from '../tf';
import { registerBinaryKernels } from './binary';
import { registerConv2d } from './conv2d';
import { registerConv2dBackpropFilter } from './conv2dBackpropFilter';
import { registerConv2dBackpropInput } from './conv2dBackpropInput';
import { registerIdentity, registerTile } from './copies';
import { registerCpuFallbacks } from './cpuFallback';
import { registerDepthwiseGradients } from './depthwise';
import { registerFusedBatchNorm } from './fusedBatchNorm';
import { registerMaxPoolGrad } from './maxPoolGrad';
import { registerReductions } from './reduction';
import { registerResizeBilinearGrad } from './resizeBilinearGrad';

export { fallbackCounts } from './cpuFallback';

let started: Promise<string> | undefined;

/** Makes wasm the backend. @returns its name and build, e.g. "TensorFlow.js wasm (SIMD)" */
export async function startWasm(): Promise<string> {
  started ??= load();
  const name = await started;
  await tf.setBackend('wasm');
  await tf.ready();
  return name;
}

async function load(): Promise<string> {
  const require = createRequire(import.meta.url);
  // `require` as in tf.ts, so that both share one tfjs-core and with it one registry of kernels.
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  registerIdentity();
  registerTile();
  registerBinaryKernels();
  registerReductions();
  registerFusedBatchNorm();
  registerConv2d();
  registerConv2dBackpropInput();
  registerConv2dBackpropFilter();
  registerDepthwiseGradients();
  registerMaxPoolGrad();
  registerResizeBilinearGrad();
  registerCpuFallbacks();
  return (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))
    ? 'TensorFlow.js wasm (SIMD)'
    : 'TensorFlow.js wasm';
}
