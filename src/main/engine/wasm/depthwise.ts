/** @file The two gradients of DepthwiseConv2dNative, for one filter per channel; other multipliers run on the cpu backend. */
import { free, type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, type Conv2DInfo, conv2dInfo } from './convolution';
import { cpuKernel } from './cpuFallback';
import { type DepthwiseShape, depthwiseCode, depthwiseFilterGradientCode } from './depthwiseCode';
import { CONSTANT, INPUT, OUTPUT, overImages, SIDE } from './images';
import { addressOf } from './padding';
import { frameOf, phasesOf } from './phases';
import type { TensorInfo } from './types';

type Shape4D = [number, number, number, number];
type InputCall = KernelCall<{ dy: TensorInfo; filter: TensorInfo }, Conv2DAttrs & { inputShape: Shape4D }>;
type FilterCall = KernelCall<{ x: TensorInfo; dy: TensorInfo }, Conv2DAttrs & { filterShape: Shape4D }>;

function keyOf(name: string, shape: DepthwiseShape): string {
  return `${name} ${Object.values(shape).join()}`;
}

/** dX[h, w, c] = sum over taps with h + p = s o + k of dY[o, o', c] W[k, k', c]. */
function backpropInput({ inputs: { dy, filter }, attrs, backend }: InputCall, info: Conv2DInfo): TensorInfo {
  const { inHeight, inWidth, inChannels: channels, filterHeight, filterWidth, padInfo } = info;
  const down = phasesOf(inHeight, filterHeight, info.strideHeight, padInfo.top);
  const across = phasesOf(inWidth, filterWidth, info.strideWidth, padInfo.left);
  const vertical = frameOf(down, info.outHeight);
  const horizontal = frameOf(across, info.outWidth);
  const out = backend.makeOutput(attrs.inputShape, 'float32');
  const parts = down.flatMap((y) =>
    across.map((x) => {
      const shape: DepthwiseShape = {
        outHeight: y.count,
        outWidth: x.count,
        channels,
        inRowStep: horizontal.size * channels,
        inColStep: channels,
        outRowStep: info.strideHeight * inWidth * channels,
        outColStep: info.strideWidth * channels,
        rows: y.taps.length,
        rowStride: horizontal.size * channels,
        columns: x.taps.length,
        columnStride: channels,
      };
      const weights = backend.makeOutput([y.taps.length * x.taps.length * channels], 'float32');
      const heap = backend.wasm.HEAPF32;
      const source = addressOf(backend, filter) / 4;
      let target = addressOf(backend, weights) / 4;
      for (const ky of y.taps)
        for (const kx of x.taps) {
          const from = source + (ky * filterWidth + kx) * channels;
          heap.copyWithin(target, from, from + channels);
          target += channels;
        }
      const corner = (y.start + vertical.before) * horizontal.size + x.start + horizontal.before;
      const to = (y.first * inWidth + x.first) * channels * 4;
      return { shape, weights, from: corner * channels * 4, to };
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
    constants: parts.map(({ weights }) => weights),
    out,
    summed: false,
    calls: parts.map(({ shape, from, to }, i) => ({
      key: keyOf('depthwise', shape),
      build: () => depthwiseCode(shape),
      args: [
        [INPUT, from],
        [CONSTANT + i, 0],
        [OUTPUT, to],
      ],
    })),
    work: info.outHeight * info.outWidth * channels * filterHeight * filterWidth,
  });
  free(backend, ...parts.map(({ weights }) => weights));
  return out;
}

/** dW[k, k', c] = sum over n, h, w of x[n, s h + k - p, s w + k' - p, c] dY[n, h, w, c]. */
function backpropFilter({ inputs: { x, dy }, attrs, backend }: FilterCall, info: Conv2DInfo): TensorInfo {
  const { outHeight, outWidth, inChannels: channels, padInfo } = info;
  const frame = {
    height: (outHeight - 1) * info.strideHeight + info.filterHeight,
    width: (outWidth - 1) * info.strideWidth + info.filterWidth,
    top: padInfo.top,
    left: padInfo.left,
  };
  const shape: DepthwiseShape = {
    outHeight,
    outWidth,
    channels,
    inRowStep: info.strideHeight * frame.width * channels,
    inColStep: info.strideWidth * channels,
    outRowStep: outWidth * channels,
    outColStep: channels,
    rows: info.filterHeight,
    rowStride: frame.width * channels,
    columns: info.filterWidth,
    columnStride: channels,
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
        key: keyOf('depthwise filter gradient', shape),
        build: () => depthwiseFilterGradientCode(shape),
        args: [
          [INPUT, 0],
          [SIDE, 0],
          [OUTPUT, 0],
        ],
      },
    ],
    work: outHeight * outWidth * channels * info.filterHeight * info.filterWidth,
  });
  return dw;
}

function oneFilterEach(info: Conv2DInfo): boolean {
  return info.outChannels === info.inChannels;
}

export function registerDepthwiseGradients(): void {
  const [input, filter] = [
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
  ] as const;
  registerWasmKernel<InputCall['inputs'], InputCall['attrs']>(input, (call) => {
    const info = conv2dInfo(input, call.attrs.inputShape, call.inputs.filter.shape, call.attrs, true);
    return oneFilterEach(info) ? backpropInput(call, info) : cpuKernel(input, call);
  });
  registerWasmKernel<FilterCall['inputs'], FilterCall['attrs']>(filter, (call) => {
    const info = conv2dInfo(filter, call.inputs.x.shape, call.attrs.filterShape, call.attrs, true);
    return oneFilterEach(info) ? backpropFilter(call, info) : cpuKernel(filter, call);
  });
}
