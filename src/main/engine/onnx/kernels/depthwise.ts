/** @file Depthwise convolution and its two gradients. Filters are [height, width, channels, multiplier]. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { NCHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { sameNumbers } from '../types';
import type { Activation } from './activation';
import { fused } from './conv2d';
import {
  type ConvolutionAttributes,
  convolutionInfo,
  type Geometry,
  geometryOf,
  transposedPads,
  windowAttributes,
} from './convolution';
import { spread, turnAround } from './images';
import { kernel, NotInOnnx } from './kernel';
import { matrices, windowsOf } from './unfold';

/** Stored order of a filter whose multipliers are the filters of one group. */
const GROUPED = [2, 3, 0, 1];

const DEPTHWISE: Operation<Geometry> = {
  name: 'DepthwiseConv2dNative',
  lower(node, to) {
    const [x, filter] = node.inputs as [GraphNode, GraphNode];
    const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
    const filters = channels * multiplier;
    const grouped = to.reshape(to.inLayout(filter, GROUPED), [filters, 1, height, width]);
    // ONNX Runtime 1.30 mixes up groups of several filters on WebGPU: there every filter has a channel of its own.
    const alone = to.device === 'webgpu' && multiplier > 1;
    const image = alone ? repeated(to, x, multiplier) : to.inLayout(x, NCHW);
    const attributes = { ...windowAttributes(node.attributes), group: alone ? filters : channels };
    const convolution = to.emitNode('Conv', [image, grouped], attributes, 1);
    to.define(node as GraphNode, convolution.outputs[0]!, NCHW);
    to.offerBias(node as GraphNode, convolution);
  },
};

/** Every channel so many times, one after the other. @returns [batch, channels * times, height, width] */
function repeated(to: Lowering, x: GraphNode, times: number): string {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const apart = to.reshape(to.inLayout(x, NCHW), [batch, channels, 1, height, width]);
  const expanded = to.emit('Expand', [apart, to.integers([batch, channels, times, height, width])]);
  return to.reshape(expanded, [batch, channels * times, height, width]);
}

/** dy, with zeros between its elements where the stride skips, convolved with the filter turned around. */
const INPUT_GRADIENT: Operation<Geometry> = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  lower(node, to) {
    const [dy, filter] = node.inputs as [GraphNode, GraphNode];
    const geometry = node.attributes;
    const channels = filter.shape[2]!;
    const sparse = spread(to, to.inLayout(dy, NCHW), dy.shape, geometry.strides);
    const pads = transposedPads(geometry, [node.shape[1]!, node.shape[2]!], sparse.size);
    const turned = turnAround(to, to.inLayout(filter, GROUPED), [2, 3]);
    const [cropped, outer] = cropNegative(to, sparse.name, sparse.size, pads);
    const result = to.emit('Conv', [cropped, turned], {
      kernel_shape: geometry.kernel,
      dilations: geometry.dilations,
      pads: outer,
      group: channels,
    });
    to.define(node as GraphNode, result, NCHW);
  },
};

/** Convolutions take no negative pads: those rows and columns are cut off before. */
function cropNegative(
  to: Lowering,
  name: string,
  [height, width]: readonly [number, number],
  pads: readonly [number, number, number, number],
): [string, number[]] {
  const outer = pads.map((pad) => Math.max(0, pad));
  if (sameNumbers(outer, pads)) return [name, outer];
  const [top, left, bottom, right] = pads.map((pad) => Math.max(0, -pad)) as [number, number, number, number];
  const bounds = [to.integers([top, left]), to.integers([height - bottom, width - right])];
  return [to.emit('Slice', [name, ...bounds, to.integers([2, 3])]), outer];
}

/** What each channel's window sees, times that channel's dy: one small matrix product for each image and channel. */
const FILTER_GRADIENT: Operation<Geometry> = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  lower(node, to) {
    const [x, dy] = node.inputs as [GraphNode, GraphNode];
    const [height, width, channels, multiplier] = node.shape as [number, number, number, number];
    const batch = x.shape[0]!;
    const places = dy.shape[1]! * dy.shape[2]!;
    const columns = matrices(to, windowsOf(x, node.attributes, places));
    const windows = to.reshape(columns, [batch, channels, height * width, places]);
    const outputs = to.reshape(to.inLayout(dy, NCHW), [batch, channels, multiplier, places]);
    const products = to.timesTransposed(windows, outputs, 4);
    const sum = to.emit('ReduceSum', [products, to.integers([0])], { keepdims: 0 });
    to.define(node as GraphNode, to.reshape(sum, [channels, height, width, multiplier]), [2, 0, 1, 3]);
  },
};

interface DepthwiseInputs {
  x: GraphNode;
  filter: GraphNode;
}

function convolve({ x, filter }: DepthwiseInputs, attributes: ConvolutionAttributes): GraphNode {
  const info = depthwiseInfo(x.shape, filter.shape, attributes);
  return createNode(DEPTHWISE, [x, filter], geometryOf(info), info.outShape, 'float32');
}

function depthwiseInfo(
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
) {
  if (attributes.dataFormat === 'NCHW') throw new NotInOnnx('Depthwise convolution of NCHW images.');
  return convolutionInfo(input, filter, attributes, true);
}

export const depthwiseKernels = [
  kernel<DepthwiseInputs, ConvolutionAttributes>('DepthwiseConv2dNative', convolve),
  kernel<DepthwiseInputs & Activation['inputs'], ConvolutionAttributes & Activation['attributes']>(
    'FusedDepthwiseConv2D',
    (inputs, attributes) => fused(convolve(inputs, attributes), inputs, attributes),
  ),
  kernel<{ dy: GraphNode; filter: GraphNode }, ConvolutionAttributes & { inputShape: number[] }>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ dy, filter }, attributes) => {
      const info = depthwiseInfo(attributes.inputShape, filter.shape, attributes);
      return createNode(INPUT_GRADIENT, [dy, filter], geometryOf(info), info.inShape, 'float32');
    },
  ),
  kernel<{ x: GraphNode; dy: GraphNode }, ConvolutionAttributes & { filterShape: number[] }>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ x, dy }, attributes) => {
      const info = depthwiseInfo(x.shape, attributes.filterShape, attributes);
      return createNode(FILTER_GRADIENT, [x, dy], geometryOf(info), attributes.filterShape, 'float32');
    },
  ),
];
