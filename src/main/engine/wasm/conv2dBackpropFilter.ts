import { type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, conv2dInfo } from './convolution';
import { type FilterGradientShape, filterGradientCode } from './filterGradientCode';
import { INPUT, OUTPUT, overImages, SIDE } from './images';
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
  const dw = backend.makeOutput(attrs.filterShape, 'float32');
  overImages(backend, {
    x,
    frame,
    side: dy,
    constants: [],
    out: dw,
    summed: true,
    calls: [
      {
        key: `filter gradient ${Object.values(shape).join()}`,
        build: () => filterGradientCode(shape),
        args: [
          [INPUT, 0],
          [SIDE, 0],
          [OUTPUT, 0],
        ],
      },
    ],
    work: outHeight * outWidth * outChannels * filterHeight * filterWidth * inChannels,
  });
  return dw;
}

export const registerConv2dBackpropFilter = () =>
  registerWasmKernel('Conv2DBackpropFilter', conv2dBackpropFilter);
