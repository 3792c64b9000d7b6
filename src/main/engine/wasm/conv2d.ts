import { free, type KernelCall, registerWasmKernel, type WasmBackend } from './backend';
import { type Conv2DAttrs, type Conv2DInfo, conv2dInfo, convolutionFunction } from './convolution';
import type { ConvolutionShape } from './convolutionCode';
import { CONSTANT, INPUT, OUTPUT, overImages } from './images';
import { packBias, packWeights } from './packing';
import type { TensorInfo } from './types';

type Activation = ConvolutionShape['activation'];

function conv2d(
  backend: WasmBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Conv2DInfo,
  bias?: TensorInfo,
  activation: Activation = 'linear',
): TensorInfo {
  const { inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const frame = {
    height: (outHeight - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1,
    width: Math.max(
      (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1,
      padInfo.left === 0 ? info.inWidth : 0,
    ),
    top: padInfo.top,
    left: padInfo.left,
  };
  const together = dilationWidth === 1;
  const code = convolutionFunction({
    outHeight,
    outWidth,
    outChannels,
    inRowStep: strideHeight * frame.width * inChannels,
    inColStep: strideWidth * inChannels,
    outRowStep: outWidth * outChannels,
    outColStep: outChannels,
    rows: filterHeight,
    rowStride: dilationHeight * frame.width * inChannels,
    runsAcross: together ? 1 : filterWidth,
    runStride: (together ? filterWidth : dilationWidth) * inChannels,
    runLength: (together ? filterWidth : 1) * inChannels,
    activation,
  });
  const out = backend.makeOutput(info.outShape, 'float32');
  const weights = packWeights(backend, filter, {
    taps: Array.from({ length: filterHeight * filterWidth }, (_, tap) => tap * inChannels * outChannels),
    inChannels,
    inStride: outChannels,
    outChannels,
    outStride: 1,
  });
  const biases = packBias(backend, bias, outChannels);
  overImages(backend, {
    x,
    frame,
    constants: [weights, biases],
    out,
    summed: false,
    calls: [
      {
        ...code,
        args: [
          [INPUT, 0],
          [CONSTANT, 0],
          [CONSTANT + 1, 0],
          [OUTPUT, 0],
        ],
      },
    ],
    work: outHeight * outWidth * outChannels * filterHeight * filterWidth * inChannels,
  });
  free(backend, weights, biases);
  return out;
}

interface FusedInputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo;
}

/** Registers Conv2D, and FusedConv2D for the activations that our code knows; others keep the backend's own kernel. */
export function registerConv2d(): void {
  registerWasmKernel<FusedInputs, Conv2DAttrs>('Conv2D', ({ inputs: { x, filter }, attrs, backend }) =>
    conv2d(backend, x, filter, conv2dInfo('Conv2D', x.shape, filter.shape, attrs)),
  );
  type FusedCall = KernelCall<FusedInputs, Conv2DAttrs & { activation: string }>;
  registerWasmKernel<FusedInputs, FusedCall['attrs']>('FusedConv2D', (call, original) => {
    const { inputs, attrs, backend } = call;
    const { x, filter, bias } = inputs;
    if (!isKnown(attrs.activation) || (bias && bias.shape.length !== 1)) return original(call);
    const info = conv2dInfo('FusedConv2D', x.shape, filter.shape, attrs);
    return conv2d(backend, x, filter, info, bias, attrs.activation);
  });
}

function isKnown(activation: string): activation is Activation {
  return activation === 'linear' || activation === 'relu' || activation === 'relu6';
}
