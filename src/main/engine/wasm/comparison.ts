import { type KernelCall, registerWasmKernel } from './backend';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
}

/**
 * Comparing with a single number, as the gradients of relu6 and clipByValue do: the backend's own kernels compute
 * each element's indices for it.
 */
export function registerComparisons(): void {
  registerWasmKernel<Inputs, object>('LessEqual', (call, original) => {
    const { inputs, backend } = call;
    if (!isComparable(inputs)) return original(call);
    const { from, to, size, limit, out } = prepare(call);
    const { HEAPF32, HEAPU8 } = backend.wasm;
    for (let i = 0; i < size; i++) HEAPU8[to + i] = HEAPF32[from + i]! <= limit ? 1 : 0;
    return out;
  });
  registerWasmKernel<Inputs, object>('GreaterEqual', (call, original) => {
    const { inputs, backend } = call;
    if (!isComparable(inputs)) return original(call);
    const { from, to, size, limit, out } = prepare(call);
    const { HEAPF32, HEAPU8 } = backend.wasm;
    for (let i = 0; i < size; i++) HEAPU8[to + i] = HEAPF32[from + i]! >= limit ? 1 : 0;
    return out;
  });
}

function isComparable({ a, b }: Inputs): boolean {
  return a.dtype === 'float32' && b.dtype === 'float32' && b.shape.length === 0;
}

function prepare({ inputs: { a, b }, backend }: KernelCall<Inputs, object>) {
  const out = backend.makeOutput(a.shape, 'bool');
  return {
    out,
    from: addressOf(backend, a) / 4,
    to: addressOf(backend, out),
    size: a.shape.reduce((product, n) => product * n, 1),
    limit: backend.wasm.HEAPF32[addressOf(backend, b) / 4]!,
  };
}
