import { tf } from '../tf';
import type { KernelCall } from './backend';
import type { DataType, NamedTensorInfoMap, TensorInfo } from './types';

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
  for (const { kernelName } of tf.getKernelsForBackend('cpu'))
    if (!present.has(kernelName) && !IMPOSSIBLE.has(kernelName))
      tf.registerKernel({
        kernelName,
        backendName: 'wasm',
        kernelFunc: ((call: Call) => cpuKernel(kernelName, call)) as never,
      });
}

type Call = KernelCall<NamedTensorInfoMap, object>;

/** Runs the cpu backend's kernel `name` on tensors of the wasm backend. */
export function cpuKernel<Inputs extends object>(
  name: string,
  { inputs, attrs, backend }: KernelCall<Inputs, object>,
): TensorInfo {
  counts.set(name, (counts.get(name) ?? 0) + 1);
  const cpu = tf.findBackend('cpu') as unknown as CpuBackend;
  const copy = (x: TensorInfo): TensorInfo => ({
    dataId: cpu.write(backend.readSync(x.dataId), x.shape, x.dtype),
    shape: x.shape,
    dtype: x.dtype,
  });
  const copies: Record<string, TensorInfo | TensorInfo[]> = {};
  for (const [key, value] of Object.entries(inputs))
    if (value) copies[key] = Array.isArray(value) ? value.map(copy) : copy(value);
  const result = tf
    .getKernel(name, 'cpu')
    .kernelFunc({ inputs: copies as never, attrs: attrs as never, backend: cpu as never });
  const outputs = [result].flat().map((x) => ({
    dataId: backend.write(cpu.readSync(x.dataId), x.shape, x.dtype),
    shape: x.shape,
    dtype: x.dtype,
  }));
  for (const x of [...Object.values(copies), result].flat()) cpu.disposeData(x.dataId, true);
  return (Array.isArray(result) ? outputs : outputs[0]) as TensorInfo;
}
