/** @file The gradients of resizing: what each output took from an input goes back to it. */
import { registerWasmKernel, type WasmBackend } from './backend';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  images: TensorInfo;
  dy: TensorInfo;
}
interface Attributes {
  alignCorners: boolean;
  halfPixelCenters?: boolean;
}

/** Where each output position of one axis takes its value from: x[low] (1 - weight) + x[high] weight. */
type Sources = { low: number; high: number; weight: number }[];
type FindSources = (input: number, output: number, attributes: Attributes) => Sources;

const ratioOf = (input: number, output: number, alignCorners: boolean): number =>
  alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output;

const bilinear: FindSources = (input, output, { alignCorners, halfPixelCenters }) => {
  const ratio = ratioOf(input, output, alignCorners);
  return Array.from({ length: output }, (_, i) => {
    const position = halfPixelCenters ? (i + 0.5) * ratio - 0.5 : i * ratio;
    const low = Math.max(0, Math.floor(position));
    return { low, high: Math.max(0, Math.min(input - 1, Math.ceil(position))), weight: position - low };
  });
};

const nearest: FindSources = (input, output, { alignCorners, halfPixelCenters }) => {
  const ratio = ratioOf(input, output, alignCorners);
  return Array.from({ length: output }, (_, i) => {
    const position = ratio * (halfPixelCenters ? i + 0.5 : i);
    const low = Math.min(input - 1, alignCorners ? Math.round(position) : Math.floor(position));
    return { low, high: low, weight: 0 };
  });
};

function resizeGradient(
  find: FindSources,
  backend: WasmBackend,
  { images, dy }: Inputs,
  attrs: Attributes,
): TensorInfo {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const down = find(height, outHeight, attrs);
  const across = find(width, outWidth, attrs);
  const dx = backend.makeOutput(images.shape, 'float32');
  const heap = backend.wasm.HEAPF32;
  const target = addressOf(backend, dx) / 4;
  heap.fill(0, target, target + batch * height * width * channels);
  let from = addressOf(backend, dy) / 4;
  for (let image = 0; image < batch; image++)
    for (const y of down) {
      const top = target + (image * height + y.low) * width * channels;
      const bottom = target + (image * height + y.high) * width * channels;
      for (const x of across) {
        const [left, right] = [x.low * channels, x.high * channels];
        for (let c = 0; c < channels; c++, from++) {
          const upper = heap[from]! * (1 - y.weight);
          const lower = heap[from]! * y.weight;
          heap[top + left + c]! += upper * (1 - x.weight);
          heap[top + right + c]! += upper * x.weight;
          heap[bottom + left + c]! += lower * (1 - x.weight);
          heap[bottom + right + c]! += lower * x.weight;
        }
      }
    }
  return dx;
}

/**
 * The backend's own gradient of bilinear resizing takes no notice of half-pixel centres, and TensorFlow.js' gradient of
 * nearest-neighbour resizing is wrong for every image of a batch but the first.
 */
export function registerResizeGradients(): void {
  for (const [kernel, find] of [
    ['ResizeBilinearGrad', bilinear],
    ['ResizeNearestNeighborGrad', nearest],
  ] as const)
    registerWasmKernel<Inputs, Attributes>(kernel, ({ inputs, attrs, backend }) =>
      resizeGradient(find, backend, inputs, attrs),
    );
}
