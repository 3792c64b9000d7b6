import type { WasmBackend } from './backend';
import { free } from './backend';
import type { TensorInfo } from './types';

/** Where an image of [height, width, channels] lies within the zero-padded (or cut) image that a window moves over. */
export interface Frame {
  height: number;
  width: number;
  top: number;
  left: number;
}

/**
 * Calls `visit` for each image of a batch with the address of its padded version. One image's copy is used again and
 * again, so that it stays in the processor's cache; without padding there is no copy.
 * @param x [batch, height, width, channels]
 */
export function forEachPadded(
  backend: WasmBackend,
  x: TensorInfo,
  frame: Frame,
  visit: (address: number, image: number) => void,
): void {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rowFloats = width * channels;
  const source = addressOf(backend, x);
  const fits = frame.top === 0 && frame.left === 0 && frame.width === width && frame.height <= height;
  if (fits) {
    for (let i = 0; i < batch; i++) visit(source + i * height * rowFloats * 4, i);
    return;
  }
  const padded = backend.makeOutput([frame.height, frame.width, channels], 'float32');
  const target = addressOf(backend, padded);
  const heap = backend.wasm.HEAPF32;
  heap.fill(0, target / 4, target / 4 + frame.height * frame.width * channels);
  const copied = Math.min(width, frame.width - frame.left) * channels;
  const rows = Math.min(height, frame.height - frame.top);
  for (let i = 0; i < batch; i++) {
    let from = source / 4 + i * height * rowFloats;
    let to = target / 4 + (frame.top * frame.width + frame.left) * channels;
    for (let row = 0; row < rows; row++, from += rowFloats, to += frame.width * channels)
      heap.copyWithin(to, from, from + copied);
    visit(target, i);
  }
  free(backend, padded);
}

/** Where a tensor's values begin in the heap, in bytes. Making another tensor never moves it, but may replace `HEAPF32`. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}
