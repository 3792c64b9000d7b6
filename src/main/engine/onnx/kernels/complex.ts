/** @file Complex tensors: two real ones behind one data id. Everything else about them is TensorFlow.js' cpu kernels'. */
import type { OnnxBackend } from '../backend';
import type { TensorInfo } from '../types';

interface Call<Inputs> {
  inputs: Inputs;
  backend: OnnxBackend;
}

/** Another tensor on the same elements. */
export function share(backend: OnnxBackend, x: TensorInfo, shape: number[] = x.shape): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape, dtype: x.dtype };
}

export function complex({ inputs, backend }: Call<{ real: TensorInfo; imag: TensorInfo }>): TensorInfo {
  return backend.storeComplex(share(backend, inputs.real), share(backend, inputs.imag));
}

export function real({ inputs, backend }: Call<{ input: TensorInfo }>): TensorInfo {
  const { parts } = backend.data.get(inputs.input.dataId);
  return share(backend, parts ? parts.real : inputs.input, inputs.input.shape);
}

export function imag({ inputs, backend }: Call<{ input: TensorInfo }>): TensorInfo {
  const { parts } = backend.data.get(inputs.input.dataId);
  return share(backend, parts!.imag, inputs.input.shape);
}
