import { type KernelCall, registerWasmKernel } from './backend';
import { compiled } from './compile';
import { type Conv2DAttrs, conv2dInfo } from './convolution';
import { type FilterGradientShape, filterGradientCode } from './filterGradientCode';
import { addressOf, forEachPadded } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  x: TensorInfo;
  dy: TensorInfo;
}
type Attributes = Conv2DAttrs & { filterShape: [number, number, number, number] };

/** dW[kh, kw, ci, co] = sum over n, h, w of x[n, s h + kh - p, s w + kw - p, ci] dY[n, h, w, co], image by image. */
function conv2dBackpropFilter({ inputs, attrs, backend }: KernelCall<Inputs, Attributes>): TensorInfo {
  const { x, dy } = inputs;
  const info = conv2dInfo('Conv2DBackpropFilter', x.shape, attrs.filterShape, { ...attrs, dilations: 1 });
  const { outHeight, outWidth, outChannels, inChannels, filterHeight, filterWidth } = info;
  const frame = {
    height: (outHeight - 1) * info.strideHeight + filterHeight,
    width: Math.max((outWidth - 1) * info.strideWidth + filterWidth, info.padInfo.left ? 0 : info.inWidth),
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
  const shape: FilterGradientShape = {
    outHeight,
    outWidth,
    outChannels,
    inRowStep: info.strideHeight * frame.width * inChannels,
    inColStep: info.strideWidth * inChannels,
    rows: filterHeight,
    rowStride: frame.width * inChannels,
    runLength: filterWidth * inChannels,
  };
  const run = compiled(backend, `filter gradient ${Object.values(shape).join()}`, () =>
    filterGradientCode(shape),
  );
  const dw = backend.makeOutput(attrs.filterShape, 'float32');
  const dwAddress = addressOf(backend, dw);
  const dyAddress = addressOf(backend, dy);
  const imageBytes = outHeight * outWidth * outChannels * 4;
  const size = filterHeight * filterWidth * inChannels * outChannels;
  backend.wasm.HEAPF32.fill(0, dwAddress / 4, dwAddress / 4 + size);
  forEachPadded(backend, x, frame, (address, image) =>
    run(address, dyAddress + image * imageBytes, dwAddress),
  );
  return dw;
}

export const registerConv2dBackpropFilter = () =>
  registerWasmKernel('Conv2DBackpropFilter', conv2dBackpropFilter);
