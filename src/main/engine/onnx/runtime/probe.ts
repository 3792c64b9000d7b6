/** @file Which devices of ONNX Runtime work here, found out by computing on them, and which are worth choosing. */
import { encodeModel, type OnnxNode } from '../encoding/model';
import { messageOf } from '../errors';
import { allocate, type OnnxDevice } from '../types';
import { loadRuntime, type Runtime } from './binding';
import { sessionOptions } from './options';
import { chooseThreads } from './threads';

export interface DeviceProbe {
  device: OnnxDevice;
  available: boolean;
  /**
   * Whether it is clearly faster than the processor on convolutions. An adapter that only pretends to be a graphics
   * processor, in software, is never so.
   */
  worthwhile: boolean;
  /** One sentence. */
  why: string;
}

/** Best first. */
const DEVICES: readonly OnnxDevice[] = ['cuda', 'webgpu', 'dml', 'coreml', 'cpu'];

/** How much faster than the processor a device must be to be worth the copies between them. */
const WORTHWHILE_SPEED_UP = 1.5;

const MISSING: Readonly<Record<OnnxDevice, string>> = {
  cpu: 'ONNX Runtime cannot compute on this processor.',
  webgpu: 'ONNX Runtime finds no graphics adapter; a driver for Vulkan, Metal or Direct3D 12 is needed.',
  cuda: 'The CUDA part of ONNX Runtime cannot be loaded; it needs an NVIDIA GPU, CUDA 12, and its files, which "node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12" fetches.',
  dml: 'ONNX Runtime has DirectML on Windows only.',
  coreml: 'ONNX Runtime has Core ML on macOS only.',
};

let probed: DeviceProbe[] | undefined;

/** Tries every device once. A graphics processor that works is timed against the processor, which takes a moment. */
export function probeOnnxRuntime(): DeviceProbe[] {
  probed ??= probe();
  return probed;
}

function probe(): DeviceProbe[] {
  let runtime: Runtime;
  try {
    runtime = loadRuntime();
  } catch (error) {
    return DEVICES.map((device) => ({ device, available: false, worthwhile: false, why: messageOf(error) }));
  }
  return probeDevices(runtime);
}

/** Tries every device of a runtime, best first. */
export function probeDevices(runtime: Runtime): DeviceProbe[] {
  const onProcessor = once(() => time(runtime, 'cpu'));
  return DEVICES.map((device) => probeDevice(runtime, device, onProcessor));
}

function probeDevice(runtime: Runtime, device: OnnxDevice, onProcessor: () => number): DeviceProbe {
  const no = { device, available: false, worthwhile: false };
  if (!runtime.devices.includes(device)) return { ...no, why: MISSING[device] };
  if (device === 'cpu') {
    const why = `ONNX Runtime ${runtime.version} computes on the processor.`;
    return { device, available: true, worthwhile: true, why };
  }
  if (device === 'webgpu' && !hasVulkan()) return { ...no, why: MISSING[device] };
  try {
    const speedUp = onProcessor() / time(runtime, device);
    const worthwhile = speedUp >= WORTHWHILE_SPEED_UP;
    const why = `ONNX Runtime ${runtime.version} computes convolutions on it ${speedUp.toFixed(1)} times as fast as on the processor.`;
    return { device, available: true, worthwhile, why };
  } catch {
    return { ...no, why: MISSING[device] };
  }
}

/** Without Vulkan's library the runtime would fail too, but print a warning that nobody asked for. */
function hasVulkan(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
    return true;
  } catch (error) {
    return !messageOf(error).includes('cannot open shared object file');
  }
}

/** The number of threads that compute convolutions fastest at present. */
export function fastestThreads(): number {
  const runtime = loadRuntime();
  return chooseThreads((threads) => time(runtime, 'cpu', threads));
}

function once(compute: () => number): () => number {
  let result: number | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

const LAYERS = 2;
const IMAGES = [8, 64, 56, 56];
const FILTERS = [64, 64, 3, 3];
const ROUNDS = 2;

/** Least time of a stack of convolutions, in milliseconds. @throws Error if the device cannot be used */
function time(runtime: Runtime, device: OnnxDevice, threads = 0): number {
  const model = convolutions();
  const session = runtime.createSession();
  const options = { ...sessionOptions({ device, threads }), executionProviders: [device] };
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  const images = runtime.createTensor(
    'float32',
    allocate(
      'float32',
      IMAGES.reduce((a, b) => a * b),
    ),
    IMAGES,
  );
  let least = Number.POSITIVE_INFINITY;
  // The first run prepares the device.
  for (let round = 0; round <= ROUNDS; round++) {
    const began = performance.now();
    session.run({ x0: images }, { y: null }, {});
    if (round > 0) least = Math.min(least, performance.now() - began);
  }
  session.dispose();
  return least;
}

function convolutions(): Uint8Array {
  const nodes: OnnxNode[] = Array.from({ length: LAYERS }, (_, index) => ({
    name: `convolution${index}`,
    op: 'Conv',
    domain: '',
    inputs: [`x${index}`, 'filters'],
    outputs: [`x${index + 1}`],
    attributes: { pads: [1, 1, 1, 1] },
  }));
  // Only a mean comes back, so that it is computing that is timed.
  const mean = {
    name: 'mean',
    op: 'ReduceMean',
    domain: '',
    inputs: [`x${LAYERS}`],
    outputs: ['y'],
    attributes: {},
  };
  const filters = allocate(
    'float32',
    FILTERS.reduce((a, b) => a * b),
  ).fill(0.01) as Float32Array;
  return encodeModel({
    nodes: [...nodes, mean],
    initializers: [{ name: 'filters', dtype: 'float32', shape: FILTERS, data: filters }],
    inputs: [{ name: 'x0', dtype: 'float32', shape: IMAGES }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1, 1, 1, 1] }],
  });
}
