import { free, registerWasmKernel } from './backend';
import { affine } from './binary';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  offset?: TensorInfo;
  scale?: TensorInfo;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset, brought into the form x * factor + shift for each channel. */
export function registerFusedBatchNorm(): void {
  registerWasmKernel<Inputs, { varianceEpsilon: number }>('FusedBatchNorm', (call, original) => {
    const { inputs, attrs, backend } = call;
    const { x, mean, variance, offset, scale } = inputs;
    const perChannel = [mean, variance, offset, scale].every(
      (tensor) => !tensor || tensor.shape.length === 1,
    );
    if (!perChannel) return original(call);
    const channels = mean.shape[0]!;
    const factor = backend.makeOutput([channels], 'float32');
    const shift = backend.makeOutput([channels], 'float32');
    const heap = backend.wasm.HEAPF32;
    const at = (tensor: TensorInfo) => addressOf(backend, tensor) / 4;
    for (let i = 0; i < channels; i++) {
      const deviation = Math.sqrt(heap[at(variance) + i]! + attrs.varianceEpsilon);
      const gain = (scale ? heap[at(scale) + i]! : 1) / deviation;
      heap[at(factor) + i] = gain;
      heap[at(shift) + i] = (offset ? heap[at(offset) + i]! : 0) - heap[at(mean) + i]! * gain;
    }
    const out = affine(backend, x, factor, shift);
    free(backend, factor, shift);
    return out;
  });
}
