/**
 * @file The native binding of onnxruntime-node, typed as far as it is used. Its public API wraps every call in a promise;
 * the binding itself runs synchronously (1.30), which `tensor.dataSync()` needs.
 */
import { createRequire } from 'node:module';
import { messageOf, OnnxEngineError } from '../errors';
import type { NumericType, OnnxDevice, TypedArray } from '../types';

export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TypedArray;
  readonly location: 'cpu' | 'gpu-buffer' | string;
  dispose(): void;
}

/** A compiled model of the native binding. */
export interface NativeSession {
  loadModel(model: ArrayBufferLike, offset: number, length: number, options: object): void;
  /** Fetches that hold a tensor are written in place; those that are null are allocated. */
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
    options: object,
  ): Record<string, RuntimeTensor>;
  dispose(): void;
  endProfiling(): void;
}

export interface Runtime {
  version: string;
  /** The execution providers that the binding was built with. */
  devices: OnnxDevice[];
  createSession(): NativeSession;
  createTensor(type: NumericType, data: TypedArray, shape: readonly number[]): RuntimeTensor;
}

let loaded: Runtime | undefined;

/** @throws OnnxEngineError if the package or its native library cannot be loaded */
export function loadRuntime(): Runtime {
  loaded ??= load();
  return loaded;
}

function load(): Runtime {
  const require = createRequire(import.meta.url);
  // Since 1.30 the library reports its use to its makers unless this is set when it is loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    const { env, Tensor } = require('onnxruntime-node');
    // Errors come back as exceptions; the log would repeat them.
    env.logLevel = 'fatal';
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js');
    const { version } = require('onnxruntime-node/package.json');
    initOrt();
    const supported = binding.listSupportedBackends() as { name: OnnxDevice }[];
    return {
      version,
      devices: supported.map(({ name }) => name),
      createSession: () => new binding.InferenceSession(),
      createTensor: (type, data, shape) => new Tensor(type, data, shape),
    };
  } catch (error) {
    throw new OnnxEngineError(
      `ONNX Runtime cannot be loaded (${messageOf(error).split('\n', 1)[0]}); reinstall the package onnxruntime-node.`,
    );
  }
}
