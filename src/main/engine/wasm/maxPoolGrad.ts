import { tf } from '../tf';
import { type KernelCall, registerWasmKernel } from './backend';
import type { Conv2DAttrs } from './convolution';
import { addressOf } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  dy: TensorInfo;
  input: TensorInfo;
}
type Attributes = Conv2DAttrs & { filterSize: [number, number] | number };

/** Each dY goes to the first largest input of its window. */
function maxPoolGrad({ inputs, attrs, backend }: KernelCall<Inputs, Attributes>): TensorInfo {
  const { dy, input } = inputs;
  const shape = input.shape as [number, number, number, number];
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = info;
  const dx = backend.makeOutput(shape, 'float32');
  const heap = backend.wasm.HEAPF32;
  const target = addressOf(backend, dx) / 4;
  const imageFloats = inHeight * inWidth * inChannels;
  heap.fill(0, target, target + info.batchSize * imageFloats);
  const toInput = addressOf(backend, input) / 4 - target;
  let from = addressOf(backend, dy) / 4;
  for (let image = 0; image < info.batchSize; image++)
    for (let row = 0; row < info.outHeight; row++) {
      const top = row * strideHeight - padInfo.top;
      const [firstRow, endRow] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
      for (let column = 0; column < info.outWidth; column++) {
        const left = column * strideWidth - padInfo.left;
        const [firstColumn, endColumn] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
        for (let channel = 0; channel < inChannels; channel++, from++) {
          const base = target + image * imageFloats + channel;
          let winner = base + (firstRow * inWidth + firstColumn) * inChannels;
          let largest = heap[winner + toInput]!;
          for (let y = firstRow; y < endRow; y++)
            for (let x = firstColumn; x < endColumn; x++) {
              const at = base + (y * inWidth + x) * inChannels;
              const value = heap[at + toInput]!;
              if (value > largest) {
                largest = value;
                winner = at;
              }
            }
          heap[winner]! += heap[from]!;
        }
      }
    }
  return dx;
}

/** The backend's own kernel loses gradients of windows whose largest value is not positive. */
export const registerMaxPoolGrad = () => registerWasmKernel('MaxPoolGrad', maxPoolGrad);
