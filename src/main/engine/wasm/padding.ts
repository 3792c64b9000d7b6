import type { WasmBackend } from './backend';
import type { TensorInfo } from './types';

/** Where an image of [height, width, channels] lies within the zero-padded (or cut) image that a window moves over. */
export interface Frame {
  height: number;
  width: number;
  top: number;
  left: number;
}

/**
 * Copies one image into its frame, whose borders are already zero. Positions count floats.
 * @param shape of x: [batch, height, width, channels]
 */
export function pad(
  source: Float32Array,
  from: number,
  shape: number[],
  target: Float32Array,
  to: number,
  frame: Frame,
): void {
  const [, height, width, channels] = shape as [number, number, number, number];
  const rowFloats = width * channels;
  const copied = Math.min(width, frame.width - frame.left) * channels;
  const rows = Math.min(height, frame.height - frame.top);
  const start = to + (frame.top * frame.width + frame.left) * channels;
  if (copied === rowFloats && frame.width === width)
    target.set(source.subarray(from, from + rows * rowFloats), start);
  else
    for (let row = 0; row < rows; row++) {
      const begin = from + row * rowFloats;
      target.set(source.subarray(begin, begin + copied), start + row * frame.width * channels);
    }
}

/** Where a tensor's values begin in the heap, in bytes. Making another tensor never moves it, but may replace `HEAPF32`. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}
