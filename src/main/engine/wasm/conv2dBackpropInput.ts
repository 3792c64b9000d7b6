import { free, type KernelCall, registerWasmKernel } from './backend';
import { type Conv2DAttrs, conv2dInfo, convolutionKernel } from './convolution';
import { packBias, packWeights } from './packing';
import { addressOf, forEachPadded } from './padding';
import type { TensorInfo } from './types';

interface Inputs {
  dy: TensorInfo;
  filter: TensorInfo;
}
type Attributes = Conv2DAttrs & { inputShape: [number, number, number, number] };

/**
 * One axis of dX: with padding p and stride s, row h takes tap k of output row o where h + p = s o + k. All rows of one
 * phase r = (h + p) mod s meet the same taps r, r + s, ...: a convolution of dY with those taps in reverse.
 */
interface Phase {
  /** First row of this phase in dX, and how many there are. */
  first: number;
  count: number;
  /** Taps in the order in which they meet ascending rows of dY. */
  taps: number[];
  /** The row of dY that the first tap meets at the first row; negative within the padding. */
  start: number;
}

function phasesOf(size: number, window: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: stride }, (_, r) => {
    const first = (((r - pad) % stride) + stride) % stride;
    const taps: number[] = [];
    for (let k = r; k < window; k += stride) taps.unshift(k);
    const start = (first + pad - r) / stride - (taps.length - 1);
    return { first, count: Math.max(0, Math.ceil((size - first) / stride)), taps, start };
  });
}

/** The frame, along one axis, that holds every row of dY that any phase reads. */
function frameOf(phases: Phase[], size: number): { before: number; size: number } {
  const read = phases.filter(({ taps, count }) => taps.length > 0 && count > 0);
  const before = Math.max(0, ...read.map(({ start }) => -start));
  const end = Math.max(size, ...read.map(({ start, count, taps }) => start + count + taps.length - 1));
  return { before, size: before + end };
}

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
