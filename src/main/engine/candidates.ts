import type { DeviceName } from '../../contract/types';
import type { OnnxDevice } from './onnx';
import { ONNX_NAMES, probeOnnx, startOnnx } from './onnxRuntime';
import type { Probe } from './probe';
import { probeTensorflowNode, startTensorflowNode } from './tensorflowNode';
import { probeWasm, startWasm } from './wasm';

export interface Candidate {
  name: string;
  device: Exclude<DeviceName, 'auto'>;
  /** Whether `auto` may choose it: for devices that are worse than another one that is always there, false. */
  automatic: boolean;
  probe(): Promise<Probe>;
  /** Makes it the backend of TensorFlow.js. @returns the name to show, with the variant in use */
  start(): Promise<string>;
}

function onnx(device: OnnxDevice): Candidate {
  return {
    name: ONNX_NAMES[device],
    device,
    automatic: true,
    probe: () => probeOnnx(device),
    start: () => startOnnx(device),
  };
}

/**
 * Every engine, best first; `auto` takes the first automatic one whose probe succeeds, a named device the first of
 * that device. This table is the only place an engine is added.
 *
 * | device     | engine                  | Linux x64 | Linux arm64 | Windows x64 | macOS arm64 | trains |
 * | ---------- | ----------------------- | --------- | ----------- | ----------- | ----------- | ------ |
 * | tensorflow | tfjs-node-gpu, CUDA 11  | yes       | -           | yes         | -           | yes    |
 * | cuda       | ONNX Runtime, CUDA 12   | yes       | -           | -           | -           | yes    |
 * | webgpu     | ONNX Runtime            | yes       | -           | yes         | yes         | yes    |
 * | dml        | ONNX Runtime            | -         | -           | yes         | -           | yes    |
 * | coreml     | ONNX Runtime            | -         | -           | -           | yes         | yes    |
 * | cpu        | ONNX Runtime            | yes       | yes         | yes         | yes         | yes    |
 * | wasm       | tfjs wasm, our kernels  | yes       | yes         | yes         | yes         | yes    |
 */
export const CANDIDATES: readonly Candidate[] = Object.freeze([
  {
    name: 'TensorFlow (tfjs-node-gpu)',
    device: 'tensorflow',
    automatic: true,
    probe: probeTensorflowNode,
    start: startTensorflowNode,
  },
  onnx('cuda'),
  onnx('webgpu'),
  onnx('dml'),
  onnx('coreml'),
  onnx('cpu'),
  {
    name: 'TensorFlow.js wasm',
    device: 'wasm',
    automatic: true,
    probe: probeWasm,
    start: startWasm,
  },
] satisfies Candidate[]);
