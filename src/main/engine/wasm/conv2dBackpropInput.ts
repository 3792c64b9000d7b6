import { free, type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, conv2dInfo, convolutionKernel } from './convolution';
import { packBias, packWeights } from './packing';
import { addressOf, forEachPadded } from './padding';
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
  const down = phasesOf(inHeight, info.filterHeight, strideHeight, info.padInfo.top);
  const across = phasesOf(inWidth, filterWidth, strideWidth, info.padInfo.left);
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
      const run = convolutionKernel(backend, {
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
      return { weights, run, from, to };
    }),
  );
  const imageBytes = inHeight * inWidth * inChannels * 4;
  const frame = {
    height: vertical.size,
    width: horizontal.size,
    top: vertical.before,
    left: horizontal.before,
  };
  forEachPadded(backend, dy, frame, (address, image) => {
    const target = addressOf(backend, out) + image * imageBytes;
    for (const { weights, run, from, to } of parts)
      run(address + from, addressOf(backend, weights), addressOf(backend, bias), target + to);
  });
  free(backend, bias, ...parts.map(({ weights }) => weights));
  return out;
}

export const registerConv2dBackpropInput = () =>
  registerWasmKernel('Conv2DBackpropInput', conv2dBackpropInput);
