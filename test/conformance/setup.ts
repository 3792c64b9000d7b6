/** @file Selects the ONNX backend for TensorFlow.js' own test-suite; bundled before the suite's files. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { registerOnnxBackend } from '../../src/main/engine/onnx';

const backend = process.env.CONFORMANCE_BACKEND ?? 'onnx';
if (backend === 'onnx') registerOnnxBackend(tf as never, { name: backend, threads: 1 });
setTestEnvs([{ name: backend, backendName: backend, isDataSync: true }]);
