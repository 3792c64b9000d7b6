/** @file The little of the wasm backend's inside that our kernels need, typed and in one place. */

import { tf } from '../tf';
import type { Attrs, DataType, KernelBackend, KernelFunc, NamedTensorInfoMap, TensorInfo } from './types';

/** TensorFlow.js' wasm backend, as far as kernels use it. Memory offsets are in bytes. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: { readonly HEAPF32: Float32Array; readonly HEAPU8: Uint8Array; readonly asm: object };
  readonly dataIdMap: { get(dataId: object): { id: number; memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  write(values: Float32Array | Int32Array | Uint8Array, shape: number[], dtype: DataType): object;
  disposeData(dataId: object): boolean;
}

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  inputs: Inputs;
  attrs: Attributes;
  backend: WasmBackend;
}

/** A kernel; `original` is the one that the backend brings, if it has one. */
type Kernel<Inputs, Attributes> = (
  call: KernelCall<Inputs, Attributes>,
  original: (call: KernelCall<Inputs, Attributes>) => TensorInfo,
) => TensorInfo;

/** Registers `run` as the wasm backend's kernel `name`, in place of the backend's own. */
export function registerWasmKernel<Inputs, Attributes>(name: string, run: Kernel<Inputs, Attributes>): void {
  const own = tf.getKernel(name, 'wasm');
  const original = (call: KernelCall<Inputs, Attributes>) => own.kernelFunc(call as never) as TensorInfo;
  if (own) tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({
    ...own,
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ((call: KernelCall<Inputs, Attributes>) => run(call, original)) as unknown as KernelFunc,
  });
}

/** The output of another wasm kernel. Whoever calls this disposes of it, or returns it. */
export function call(
  backend: WasmBackend,
  name: string,
  inputs: NamedTensorInfoMap,
  attrs: Attrs = {},
): TensorInfo {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`The wasm backend has no kernel ${name}.`);
  return kernel.kernelFunc({ inputs, attrs: attrs as never, backend }) as TensorInfo;
}

/** Frees kernel outputs that are not returned. */
export function free(backend: WasmBackend, ...tensors: TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
}
