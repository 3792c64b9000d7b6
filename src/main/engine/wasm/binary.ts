import { tf } from '../tf';
import { type Axis, broadcastStrides, mergeAxes } from './axes';
import { call, type KernelCall, registerWasmKernel, type WasmBackend } from './backend';
import { compiled } from './compile';
import { type BinaryOperation, binaryCode } from './elementwiseCode';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
}

const OPERATIONS: Record<string, BinaryOperation> = {
  Add: 'add',
  Sub: 'subtract',
  Multiply: 'multiply',
  RealDiv: 'divide',
  SquaredDifference: 'squaredDifference',
};

function binary(backend: WasmBackend, operation: BinaryOperation, a: TensorInfo, b: TensorInfo): TensorInfo {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.makeOutput(shape, 'float32');
  if (tf.util.sizeFromShape(shape) === 0) return out;
  const strides = [a.shape, b.shape, shape].map((from) => broadcastStrides(from, shape));
  const axes: Axis[] = mergeAxes(shape.map((size, i) => ({ size, strides: strides.map((s) => s[i]!) })));
  const key = `${operation} ${axes.map(({ size, strides }) => [size, ...strides].join()).join(';')}`;
  const run = compiled(backend, key, () => binaryCode(operation, axes));
  run(addressOf(backend, a), addressOf(backend, b), addressOf(backend, out));
  return out;
}

/**
 * The backend's own kernels are fast for equal shapes only; with broadcasting they compute each element's indices.
 * Types other than float32 keep them.
 */
export function registerBinaryKernels(): void {
  for (const [name, operation] of Object.entries(OPERATIONS))
    registerWasmKernel<Inputs, object>(name, (kernelCall: KernelCall<Inputs, object>, original) => {
      const { inputs, backend } = kernelCall;
      const { a, b } = inputs;
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return original(kernelCall);
      return binary(backend, operation, a, b);
    });
}

/** x * factor + offset with broadcasting, from kernel to kernel. */
export function affine(
  backend: WasmBackend,
  x: TensorInfo,
  factor: TensorInfo,
  offset: TensorInfo,
): TensorInfo {
  const scaled = call(backend, 'Multiply', { a: x, b: factor });
  const out = call(backend, 'Add', { a: scaled, b: offset });
  backend.disposeData(scaled.dataId);
  return out;
}
