/** @file Kernels that ONNX has no operators for run on TensorFlow.js' cpu backend, in plain JavaScript. */
import type { OnnxBackend, WrittenValues } from './backend';
import type { NamedTensorInfoMap, TensorInfo, Tf } from './types';

/** The cpu backend, as far as it is used. */
interface CpuBackend {
  /** While true, the first write prints advice to install another backend. */
  firstUse: boolean;
  data: { get(dataId: object): { complexTensorInfos?: { real: TensorInfo; imag: TensorInfo } } };
  write(values: WrittenValues | Uint8Array[], shape: number[], dtype: string): object;
  readSync(dataId: object): Exclude<WrittenValues, null>;
  disposeData(dataId: object, force?: boolean): boolean;
}

export interface KernelCall {
  inputs: NamedTensorInfoMap;
  attrs: unknown;
  backend: OnnxBackend;
}

export class CpuFallback {
  /** How often each kernel ran here. */
  readonly counts = new Map<string, number>();

  constructor(private readonly tf: Tf) {}

  run(name: string, { inputs, attrs, backend }: KernelCall): TensorInfo | TensorInfo[] {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const cpu = this.tf.findBackend('cpu') as unknown as CpuBackend;
    cpu.firstUse = false;
    const copies: TensorInfo[] = [];
    const copy = (x: TensorInfo) => {
      const there = this.toCpu(cpu, backend, x);
      copies.push(there);
      return there;
    };
    const cpuInputs = mapInputs(inputs, copy);
    const kernel = this.tf.getKernel(name, 'cpu');
    try {
      const result = kernel.kernelFunc({
        inputs: cpuInputs as never,
        attrs: attrs as never,
        backend: cpu as never,
      });
      const back = (x: TensorInfo) => this.fromCpu(cpu, backend, x);
      const results = Array.isArray(result) ? result.map(back) : back(result);
      for (const { dataId } of [result].flat()) cpu.disposeData(dataId, true);
      return results;
    } finally {
      for (const { dataId } of copies) cpu.disposeData(dataId, true);
    }
  }

  private toCpu(cpu: CpuBackend, backend: OnnxBackend, x: TensorInfo): TensorInfo {
    const { dataId, shape, dtype } = x;
    const { parts } = backend.data.get(dataId);
    if (!parts) {
      // A copy, as some cpu kernels write into their inputs.
      const values = backend.readSync(dataId);
      const copy = cpu.write(values.slice() as WrittenValues, shape, dtype);
      // Some kernels of the cpu backend look at the rank, as if they were given whole tensors.
      return { dataId: copy, shape, dtype, rank: shape.length } as TensorInfo;
    }
    const real = this.toCpu(cpu, backend, { ...parts.real, shape });
    const imag = this.toCpu(cpu, backend, { ...parts.imag, shape });
    const complex = this.tf.getKernel('Complex', 'cpu');
    const result = complex.kernelFunc({ inputs: { real, imag }, attrs: {}, backend: cpu as never });
    for (const part of [real, imag]) cpu.disposeData(part.dataId);
    return result as TensorInfo;
  }

  private fromCpu(cpu: CpuBackend, backend: OnnxBackend, x: TensorInfo): TensorInfo {
    const { shape, dtype } = x;
    const parts = dtype === 'complex64' ? cpu.data.get(x.dataId).complexTensorInfos : undefined;
    if (!parts) return { dataId: backend.write(cpu.readSync(x.dataId), shape, dtype), shape, dtype };
    const part = (info: TensorInfo) => this.fromCpu(cpu, backend, { ...info, shape });
    return backend.storeComplex(part(parts.real), part(parts.imag));
  }
}

/** Optional inputs that are missing stay so; some kernels take a list, and some a list among others. */
export function mapInputs<T>(
  inputs: NamedTensorInfoMap | TensorInfo[],
  convert: (x: TensorInfo) => T,
): Record<string, T | T[]> | T[] {
  if (Array.isArray(inputs)) return inputs.map(convert);
  const result: Record<string, T | T[]> = {};
  for (const [name, input] of Object.entries(inputs))
    if (input) result[name] = Array.isArray(input) ? input.map(convert) : convert(input);
  return result;
}
