import type { WasmBackend } from './backend';
import { BLOCK, packedWidth } from './convolutionCode';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

/** Which weight of the filter a window's element is multiplied with. Strides count floats of the filter tensor. */
export interface WeightOrder {
  /** Offset in the filter of each tap of the window, in the order in which the window is read. */
  taps: number[];
  inChannels: number;
  inStride: number;
  outChannels: number;
  outStride: number;
}

/** The filter as the convolution code reads it: [block of output channels][tap, input channel][channel in block]. */
export function packWeights(backend: WasmBackend, filter: TensorInfo, order: WeightOrder): TensorInfo {
  const { taps, inChannels, inStride, outChannels, outStride } = order;
  const depth = taps.length * inChannels;
  const packed = backend.makeOutput([depth * packedWidth(outChannels)], 'float32');
  const heap = backend.wasm.HEAPF32;
  const source = addressOf(backend, filter) / 4;
  let to = addressOf(backend, packed) / 4;
  for (let block = 0; block < outChannels; block += BLOCK) {
    const channels = Math.min(BLOCK, outChannels - block);
    const width = packedWidth(channels);
    for (const tap of taps) {
      const from = source + tap + block * outStride;
      for (let i = 0; i < inChannels; i++, to += width)
        for (let j = 0; j < width; j++)
          heap[to + j] = j < channels ? heap[from + i * inStride + j * outStride]! : 0;
    }
  }
  return packed;
}

/** A bias for each output channel, rounded up to whole vectors; zeros where there is none. */
export function packBias(backend: WasmBackend, bias: TensorInfo | undefined, channels: number): TensorInfo {
  const packed = backend.makeOutput([packedWidth(channels)], 'float32');
  const heap = backend.wasm.HEAPF32;
  const to = addressOf(backend, packed) / 4;
  heap.fill(0, to, to + packedWidth(channels));
  if (bias) {
    const from = addressOf(backend, bias) / 4;
    heap.copyWithin(to, from, from + channels);
  }
  return packed;
}
