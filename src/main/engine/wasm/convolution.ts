/** @file What the convolution kernels share. */
import { tf } from '../tf';
import { type ConvolutionShape, convolutionCode } from './convolutionCode';
import type { backend_util } from './types';

type Shape4D = [number, number, number, number];
export type Conv2DInfo = backend_util.Conv2DInfo;

export interface Conv2DAttrs {
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes, strides and padding of a convolution. */
export function conv2dInfo(
  kernel: string,
  xShape: number[],
  filterShape: number[],
  attrs: Conv2DAttrs,
  depthwise = false,
): Conv2DInfo {
  if (attrs.dataFormat && attrs.dataFormat !== 'NHWC')
    throw new Error(`The wasm backend's ${kernel} knows the data format NHWC only, not ${attrs.dataFormat}.`);
  return tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
}

/** The function run(input, packedWeights, bias, output) for one image of this shape, to be compiled. */
export function convolutionFunction(shape: ConvolutionShape) {
  return { key: `convolution ${Object.values(shape).join()}`, build: () => convolutionCode(shape) };
}
