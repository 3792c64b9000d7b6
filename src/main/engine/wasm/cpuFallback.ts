import { tf } from '../tf';
import type { WasmBackend } from './backend';
import type { DataType, KernelFunc, NamedTensorInfoMap, TensorInfo } from './types';

interface CpuBackend {
  write(values: object, shape: number[], dtype: DataType): object;
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object, force?: boolean): boolean;
}

const counts = new Map<string, number>();

/** How often each kernel that wasm lacks ran on the slow plain-JavaScript backend, since the program started. */
export function fallbackCounts(): Record<string, number> {
  return Object.fromEntries(counts);
}

/** Complex and string tensors have no place in the wasm heap. */
const IMPOSSIBLE = new Set([
  'Complex',
  'ComplexAbs',
  'Real',
  'Imag',
  'FFT',
  'IFFT',
  'StaticRegexReplace',
  'Draw',
]);

/** Lets every kernel that exists for the cpu backend alone run under wasm: read, compute in JavaScript, write back. */
export function registerCpuFallbacks(): void {
  const present = new Set(tf.getKernelsForBackend('wasm').map((kernel) => kernel.kernelName));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu'))
    if (!present.has(kernelName) && !IMPOSSIBLE.has(kernelName))
      tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: onCpu(kernelName, kernelFunc) });
}

function onCpu(name: string, kernelFunc: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const wasm = backend as WasmBackend;
    const cpu = tf.findBackend('cpu') as unknown as CpuBackend;
    const copies: NamedTensorInfoMap = {};
    for (const [key, value] of Object.entries(inputs)) {
      const copy = (x: TensorInfo) => ({
        ...x,
        dataId: cpu.write(wasm.readSync(x.dataId), x.shape, x.dtype),
      });
      copies[key] = (Array.isArray(value) ? value.map(copy) : value && copy(value)) as TensorInfo;
    }
    const result = kernelFunc({ inputs: copies, attrs, backend: cpu as never });
    const outputs = (Array.isArray(result) ? result : [result]).map((x) => ({
      dataId: wasm.write(cpu.readSync(x.dataId), x.shape, x.dtype),
      shape: x.shape,
      dtype: x.dtype,
    }));
    for (const x of [...Object.values(copies), result].flat()) if (x) cpu.disposeData(x.dataId, true);
    return Array.isArray(result) ? outputs : outputs[0]!;
  };
}
