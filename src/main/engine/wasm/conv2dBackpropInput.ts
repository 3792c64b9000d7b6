import { free, type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, conv2dInfo, convolutionFunction } from './convolution';
import { CONSTANT, INPUT, OUTPUT, overImages } from './images';
import { packBias, packWeights } from './packing';
import { frameOf, phasesOf } from './phases';
import type { TensorInfo } from './types';

interface Inputs {
  dy: TensorInfo;
  filter: TensorInfo;
}
type Attributes = Conv2DAttrs & { inputShape: [number, number, number, number] };

function conv2dBackpropInput({ inputs, attrs, backend }: KernelCall<Inputs, Attributes>): TensorInfo {
  const { dy, filter } = inputs;
  const info = conv2dInfo('Conv2DBackpropInput', attrs.inputShape, filter.shape, { ...attrs, dilations: 1 });
  const { inHeight, inWidth, inChannels, outChannels, filterWidth, strideHeight, strideWidth } = info;
  // An image narrower than the stride has phases without a pixel.
  const down = phasesOf(inHeight, info.filterHeight, strideHeight, info.padInfo.top).filter(
    ({ count }) => count > 0,
  );
  const across = phasesOf(inWidth, filterWidth, strideWidth, info.padInfo.left).filter(
    ({ count }) => count > 0,
  );
  const vertical = frameOf(down, info.outHeight);
  const horizontal = frameOf(across, info.outWidth);
  const out = backend.makeOutput(attrs.inputShape, 'float32');
  const bias = packBias(backend, undefined, inChannels);
  const parts = down.flatMap((y) =>
    across.map((x) => {
      const weights = packWeights(backend, filter, {
        taps: y.taps.flatMap((ky) => x.taps.map((kx) => (ky * filterWidth + kx) * inChannels * outChannels)),
        inChannels: outChannels,
        inStride: 1,
        outChannels: inChannels,
        outStride: outChannels,
      });
      const code = convolutionFunction({
        outHeight: y.count,
        outWidth: x.count,
        outChannels: inChannels,
        inRowStep: horizontal.size * outChannels,
        inColStep: outChannels,
        outRowStep: strideHeight * inWidth * inChannels,
        outColStep: strideWidth * inChannels,
        rows: y.taps.length,
        rowStride: horizontal.size * outChannels,
        runsAcross: 1,
        runStride: x.taps.length * outChannels,
        runLength: x.taps.length * outChannels,
        activation: 'linear',
      });
      const from =
        ((y.start + vertical.before) * horizontal.size + x.start + horizontal.before) * outChannels * 4;
      const to = (y.first * inWidth + x.first) * inChannels * 4;
      return { weights, code, from, to };
    }),
  );
  const frame = {
    height: vertical.size,
    width: horizontal.size,
    top: vertical.before,
    left: horizontal.before,
  };
  overImages(backend, {
    x: dy,
    frame,
    constants: [bias, ...parts.map(({ weights }) => weights)],
    out,
    summed: false,
    calls: parts.map(({ code, from, to }, i) => ({
      ...code,
      args: [
        [INPUT, from],
        [CONSTANT + 1 + i, 0],
        [CONSTANT, 0],
        [OUTPUT, to],
      ],
    })),
    work: info.outHeight * info.outWidth * outChannels * info.filterHeight * filterWidth * inChannels,
  });
  free(backend, bias, ...parts.map(({ weights }) => weights));
  return out;
}

export const registerConv2dBackpropInput = () =>
  registerWasmKernel('Conv2DBackpropInput', conv2dBackpropInput);
