/** @file TensorFlow's own library through tfjs-node-gpu: an optional dependency, worth having only with an NVIDIA GPU. */
import { createRequire } from 'node:module';
import util from 'node:util';
import type { Probe } from './probe';
import { tf } from './tf';

let probed: Probe | undefined;

/** Loads the package once and asks it for a GPU; the backend that was active before stays active. */
export async function probeTensorflowNode(): Promise<Probe> {
  probed ??= await load();
  return probed;
}

async function load(): Promise<Probe> {
  const require = createRequire(import.meta.url);
  // Its 4.22 calls util.isNullOrUndefined, which Node 23 removed.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const before = activeBackend();
  try {
    require('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    return { available: false, why: explain(error) };
  }
  const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  if (before) await tf.setBackend(before);
  return isUsingGpuDevice
    ? { available: true, why: 'It loads and reports an NVIDIA GPU.' }
    : {
        available: false,
        why: 'It loads but reports no GPU; it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1.',
      };
}

function activeBackend(): string | undefined {
  try {
    return tf.getBackend();
  } catch {
    return undefined;
  }
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/Cannot find module '@tensorflow\/tfjs-node-gpu'/.test(message))
    return 'The optional package @tensorflow/tfjs-node-gpu is not installed.';
  if (/native addon module/.test(message))
    return 'The package is there, but its TensorFlow library was not downloaded; with an NVIDIA GPU, run "npm rebuild @tensorflow/tfjs-node-gpu" with access to the internet.';
  if (/libcudart|libcudnn|libcublas/.test(message))
    return 'Its TensorFlow library does not find CUDA 11.2 and cuDNN 8.1; install both.';
  return `Its TensorFlow library cannot be loaded (${message.split('\n', 1)[0]!.trim()}).`;
}

export async function startTensorflowNode(): Promise<string> {
  await tf.setBackend('tensorflow');
  await tf.ready();
  return 'TensorFlow (tfjs-node-gpu, CUDA)';
}
