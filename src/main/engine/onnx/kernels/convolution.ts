/** @file What the convolution and pooling kernels share: geometry and formats. */
import type { GraphNode } from '../graph/node';
import { backendUtil } from '../tfjs';
import { transpose } from './shapes';

/** How a window moves over an image: heights before widths. */
export interface Geometry {
  kernel: readonly [number, number];
  strides: readonly [number, number];
  dilations: readonly [number, number];
  /** Top, left, bottom, right, as ONNX orders them. */
  pads: readonly [number, number, number, number];
}

type Pair = number | [number, number];

/** Attributes of TensorFlow.js' convolution kernels. */
export interface ConvolutionAttributes {
  strides: Pair;
  pad: 'valid' | 'same' | number | [number, number][];
  dilations?: Pair;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
}

export type ConvolutionInfo = ReturnType<typeof backendUtil.computeConv2DInfo>;

/** @param input [batch, height, width, channels] @param filter [height, width, in, out] @throws Error if they do not fit */
export function convolutionInfo(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): ConvolutionInfo {
  const { strides, dilations, dimRoundingMode } = attributes;
  return backendUtil.computeConv2DInfo(
    [...input] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    strides,
    dilations ?? 1,
    padInNhwc(attributes) as 'valid',
    dimRoundingMode,
    depthwise,
  );
}

/** The pads behind the image follow from the output's size, which TensorFlow.js may have rounded. */
export function geometryOf(info: ConvolutionInfo): Geometry {
  const { top, left } = info.padInfo;
  const geometry = {
    kernel: [info.filterHeight, info.filterWidth] as const,
    strides: [info.strideHeight, info.strideWidth] as const,
    dilations: [info.dilationHeight, info.dilationWidth] as const,
    pads: [top, left, 0, 0] as const,
  };
  const covered = (axis: 0 | 1, output: number) =>
    (output - 1) * geometry.strides[axis] + reach(geometry, axis) - geometry.pads[axis];
  const bottom = Math.max(0, covered(0, info.outHeight) - info.inHeight);
  const right = Math.max(0, covered(1, info.outWidth) - info.inWidth);
  return { ...geometry, pads: [top, left, bottom, right] };
}

/** The window's attributes for ONNX. */
export function windowAttributes({ kernel, strides, dilations, pads }: Geometry) {
  return { kernel_shape: kernel, strides, dilations, pads };
}

/** How far the window reaches: its size with the gaps that dilation makes. */
export function reach({ kernel, dilations }: Geometry, axis: 0 | 1): number {
  return (kernel[axis] - 1) * dilations[axis] + 1;
}

/**
 * Pads with which a convolution of stride 1 over the output, its filter turned around, gives the input's size.
 * @param input and @param output heights and widths; `output` counts the gaps that strides leave
 */
export function transposedPads(
  geometry: Geometry,
  input: readonly [number, number],
  output: readonly [number, number],
): [number, number, number, number] {
  const before = ([0, 1] as const).map((axis) => reach(geometry, axis) - 1 - geometry.pads[axis]);
  const after = ([0, 1] as const).map(
    (axis) => input[axis] - output[axis] + reach(geometry, axis) - 1 - before[axis]!,
  );
  return [before[0]!, before[1]!, after[0]!, after[1]!];
}

/** Pads as for NHWC; explicit ones are given axis by axis. */
function padInNhwc({ pad, dataFormat }: ConvolutionAttributes): ConvolutionAttributes['pad'] {
  if (dataFormat !== 'NCHW' || !Array.isArray(pad)) return pad;
  const [batch, channels, height, width] = pad as [number, number][];
  return [batch!, height!, width!, channels!];
}

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

/** Runs `compute` in NHWC whatever the format is; layouts make the transposes free. */
export function inNhwc(
  format: string | undefined,
  compute: (toNhwc: (x: GraphNode) => GraphNode) => GraphNode,
): GraphNode {
  if (format !== 'NCHW') return compute((x) => x);
  return transpose(
    compute((x) => transpose(x, TO_NHWC)),
    TO_NCHW,
  );
}
