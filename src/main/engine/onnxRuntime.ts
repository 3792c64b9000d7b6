/** @file The lazy backend on ONNX Runtime as engines of this program, one for each device. */
import {
  type DeviceProbe,
  type OnnxDevice,
  probeOnnxRuntime,
  type RegisteredBackend,
  registerOnnxBackend,
} from './onnx';
import type { Probe } from './probe';
import { tf } from './tf';

const registered = new Map<OnnxDevice, RegisteredBackend>();

export const ONNX_NAMES: Readonly<Record<OnnxDevice, string>> = {
  cuda: 'ONNX Runtime (CUDA)',
  webgpu: 'ONNX Runtime (WebGPU)',
  dml: 'ONNX Runtime (DirectML)',
  coreml: 'ONNX Runtime (Core ML)',
  cpu: 'ONNX Runtime (processor)',
};

/** Whether the device works and is faster than the processor; graphics processors are timed, once. */
export async function probeOnnx(device: OnnxDevice): Promise<Probe> {
  const found: DeviceProbe = probeOnnxRuntime().find((candidate) => candidate.device === device)!;
  return { available: found.available, worthwhile: found.worthwhile, why: found.why };
}

export async function startOnnx(device: OnnxDevice): Promise<string> {
  const backend = registered.get(device) ?? registerOnnxBackend(tf, { name: `onnx-${device}`, device });
  registered.set(device, backend);
  await tf.setBackend(backend.name);
  await tf.ready();
  if (device !== 'cpu') return ONNX_NAMES[device];
  // How many threads are worth it is found out at the start (onnx/runtime/threads.ts).
  return `ONNX Runtime (processor, ${backend.threads === 1 ? '1 thread' : `${backend.threads} threads`})`;
}

/** How often each kernel that ONNX lacks ran on the slow plain-JavaScript backend, since the program started. */
export function onnxFallbackCounts(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const backend of registered.values())
    for (const [name, count] of Object.entries(backend.fallbackCounts()))
      counts[name] = (counts[name] ?? 0) + count;
  return counts;
}
