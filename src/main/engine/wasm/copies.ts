/** @file Kernels that need no arithmetic: Identity without a copy, and Tile of a whole tensor. */
import { registerWasmKernel } from './backend';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  x: TensorInfo;
}

/** The backend's own Identity copies; its data are reference-counted, so that counting is enough. */
export function registerIdentity(): void {
  registerWasmKernel<Inputs, object>('Identity', ({ inputs: { x }, backend }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}

/** Repeats a whole tensor by doubling what is there; the backend's own kernel, kept for other cases, goes by element. */
export function registerTile(): void {
  registerWasmKernel<Inputs, { reps: number[] }>('Tile', (call, original) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const last = attrs.reps.findLastIndex((count) => count !== 1);
    const whole = x.dtype === 'float32' && x.shape.slice(0, Math.max(0, last)).every((size) => size === 1);
    if (!whole) return original(call);
    const size = x.shape.reduce((product, n) => product * n, 1);
    const shape = x.shape.map((n, i) => n * attrs.reps[i]!);
    const total = shape.reduce((product, n) => product * n, 1);
    const out = backend.makeOutput(shape, x.dtype);
    if (total === 0) return out;
    const heap = backend.wasm.HEAPF32;
    const from = addressOf(backend, x) / 4;
    const to = addressOf(backend, out) / 4;
    heap.copyWithin(to, from, from + size);
    for (let done = size; done < total; done *= 2)
      heap.copyWithin(to + done, to, to + Math.min(done, total - done));
    return out;
  });
}
