/** @file TensorFlow.js' wasm backend, completed with the gradient kernels that training needs. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { Probe } from '../probe';
import { tf } from '../tf';
import { registerBinaryKernels } from './binary';
import { registerComparisons } from './comparison';
import { hasSimd } from './compile';
import { registerConv2d } from './conv2d';
import { registerConv2dBackpropFilter } from './conv2dBackpropFilter';
import { registerConv2dBackpropInput } from './conv2dBackpropInput';
import { registerIdentity, registerTile } from './copies';
import { registerCpuFallbacks } from './cpuFallback';
import { registerDepthwiseGradients } from './depthwise';
import { registerFusedBatchNorm } from './fusedBatchNorm';
import { helperCount } from './helpers';
import { registerMaxPoolGrad } from './maxPoolGrad';
import { registerReductions } from './reduction';
import { registerResizeGradients } from './resizeGradients';

export { fallbackCounts } from './cpuFallback';

/** Our kernels are SIMD code; every processor of the last fifteen years has it, but a JavaScript engine may not use it. */
export async function probeWasm(): Promise<Probe> {
  return hasSimd()
    ? { available: true, why: 'It runs on every machine, on the processor.' }
    : {
        available: false,
        why: 'WebAssembly has no SIMD instructions here; use a newer processor or Node version.',
      };
}

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
  registerComparisons();
  registerReductions();
  registerFusedBatchNorm();
  registerConv2d();
  registerConv2dBackpropInput();
  registerConv2dBackpropFilter();
  registerDepthwiseGradients();
  registerMaxPoolGrad();
  registerResizeGradients();
  registerCpuFallbacks();
  const threads = helperCount() + 1;
  return `TensorFlow.js wasm (SIMD, ${threads === 1 ? 'one thread' : `${threads} threads`})`;
}
