/** @file The package's entry: which devices ONNX Runtime has here, and the backend for TensorFlow.js. */
import { OnnxBackend } from './backend';
import type { ExecutionStatistics } from './executor';
import { registerKernels } from './register';
import { type Computation, Replay } from './replay';
import { loadRuntime } from './runtime/binding';
import { fastestThreads } from './runtime/probe';
import type { OnnxDevice, Tf } from './types';

export { OnnxEngineError } from './errors';
export type { ExecutionStatistics } from './executor';
export type { Computation } from './replay';
export { type DeviceProbe, probeOnnxRuntime } from './runtime/probe';
export type { OnnxDevice } from './types';

export interface OnnxOptions {
  /** The name of the backend in TensorFlow.js; "onnx" if left out. */
  name?: string;
  device?: OnnxDevice;
  /** Threads that compute; chosen by a short measurement if left out. */
  threads?: number;
  profilePath?: string;
}

export interface RegisteredBackend {
  name: string;
  device: OnnxDevice;
  threads: number;
  /** Version of ONNX Runtime. */
  version: string;
  statistics(): ExecutionStatistics;
  /** How often each kernel ran in plain JavaScript on TensorFlow.js' cpu backend. */
  fallbackCounts(): Record<string, number>;
  /** Evaluates what is pending; reading a tensor does the same. */
  flush(): void;
  endProfiling(): void;
}

/**
 * Registers a backend of TensorFlow.js that records kernels and runs them as ONNX models. Select it with
 * `tf.setBackend(registered.name)`.
 * @throws OnnxEngineError if ONNX Runtime cannot be loaded
 */
export function registerOnnxBackend(tf: Tf, options: OnnxOptions = {}): RegisteredBackend {
  const { name = 'onnx', device = 'cpu' } = options;
  const runtime = loadRuntime();
  const threads = options.threads ?? fastestThreads();
  const backend = new OnnxBackend(runtime, { device, threads, profilePath: options.profilePath });
  const fallback = registerKernels(tf, name);
  tf.registerBackend(name, () => backend as never, 2);
  return {
    name,
    device,
    threads,
    version: runtime.version,
    statistics: () => backend.statistics,
    fallbackCounts: () => Object.fromEntries(fallback.counts),
    flush: () => {
      backend.flush();
    },
    endProfiling: () => backend.endProfiling(),
  };
}

/**
 * A computation to be called again and again. On this backend it is no longer recorded once it has recorded the same twice in succession
 * (replay.ts); on others it is called.
 */
export function repeated(tf: Tf, compute: Computation): Computation {
  const backend: unknown = tf.backend();
  if (!(backend instanceof OnnxBackend)) return (inputs) => tf.tidy(() => compute(inputs));
  const replay = new Replay(tf, backend, compute);
  return (inputs) => replay.run(inputs);
}
