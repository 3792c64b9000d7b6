/** @file Two-dimensional convolution and its two gradients. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { IOHW, NCHW, OIHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { type Activation, activate } from './activation';
import { ADD } from './binary';
import {
  type ConvolutionAttributes,
  convolutionInfo,
  type Geometry,
  geometryOf,
  inNhwc,
  transposedPads,
  windowAttributes,
} from './convolution';
import { apply } from './elementwise';
import { lowerFilterGradient } from './filterGradient';
import { turnAround } from './images';
import { kernel } from './kernel';
import { cast, reshape, transpose } from './shapes';
import { slice } from './slice';

const CONV: Operation<Geometry> = {
  name: 'Conv2D',
  lower(node, to) {
    const [x, filter] = node.inputs as [GraphNode, GraphNode];
    const inputs = [to.inLayout(x, NCHW), to.inLayout(filter, OIHW)];
    const convolution = to.emitNode('Conv', inputs, windowAttributes(node.attributes), 1);
    to.define(node as GraphNode, convolution.outputs[0]!, NCHW);
    to.offerBias(node as GraphNode, convolution);
  },
};

/**
 * For stride 1 a convolution of dy with the filter turned around, which is two to three times as fast in ONNX Runtime as
 * its ConvTranspose; else ConvTranspose.
 */
const CONV_INPUT_GRADIENT: Operation<Geometry> = {
  name: 'Conv2DBackpropInput',
  lower(node, to) {
    const [dy, filter] = node.inputs as [GraphNode, GraphNode];
    const geometry = node.attributes;
    const input = [node.shape[1]!, node.shape[2]!] as const;
    const output = [dy.shape[1]!, dy.shape[2]!] as const;
    const pads = transposedPads(geometry, input, output);
    const dense = geometry.strides.every((stride) => stride === 1) && pads.every((pad) => pad >= 0);
    const result = dense
      ? to.emit('Conv', [to.inLayout(dy, NCHW), turned(to, filter, geometry)], {
          kernel_shape: geometry.kernel,
          dilations: geometry.dilations,
          pads,
        })
      : transposedConvolution(to, dy, filter, geometry, input, output);
    to.define(node as GraphNode, result, NCHW);
  },
};

/** The filter as [in, out, height, width], upside down and mirrored. */
function turned(to: Lowering, filter: GraphNode, { kernel }: Geometry): string {
  const name = to.inLayout(filter, IOHW);
  return kernel[0] * kernel[1] === 1 ? name : turnAround(to, name, [2, 3]);
}

function transposedConvolution(
  to: Lowering,
  dy: GraphNode,
  filter: GraphNode,
  geometry: Geometry,
  input: readonly [number, number],
  output: readonly [number, number],
): string {
  const { kernel, strides, dilations, pads } = geometry;
  // What is left of the input behind the last window: negative if windows reach over the edge.
  const rest = ([0, 1] as const).map(
    (axis) =>
      input[axis] -
      ((output[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis]),
  ) as [number, number];
  return to.emit('ConvTranspose', [to.inLayout(dy, NCHW), to.inLayout(filter, OIHW)], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [pads[0], pads[1], Math.max(0, -rest[0]), Math.max(0, -rest[1])],
    output_padding: [Math.max(0, rest[0]), Math.max(0, rest[1])],
  });
}

const CONV_FILTER_GRADIENT: Operation<Geometry> = {
  name: 'Conv2DBackpropFilter',
  lower: (node, to) => lowerFilterGradient(node as GraphNode<Geometry>, to),
};

interface ConvInputs {
  x: GraphNode;
  filter: GraphNode;
}

function convolve({ x, filter }: ConvInputs, attributes: ConvolutionAttributes): GraphNode {
  return inNhwc(attributes.dataFormat, (toNhwc) => {
    const image = toNhwc(cast(x, 'float32'));
    const info = convolutionInfo(image.shape, filter.shape, attributes);
    const inputs = [image, cast(filter, 'float32')];
    return createNode(CONV, inputs, geometryOf(info), info.outShape, 'float32');
  });
}

export const conv2dKernels = [
  kernel<ConvInputs, ConvolutionAttributes>('Conv2D', convolve),
  kernel<ConvInputs & Activation['inputs'], ConvolutionAttributes & Activation['attributes']>(
    'FusedConv2D',
    (inputs, attributes) => fused(convolve(inputs, attributes), inputs, attributes),
  ),
  kernel<{ dy: GraphNode; filter: GraphNode }, ConvolutionAttributes & { inputShape: number[] }>(
    'Conv2DBackpropInput',
    ({ dy, filter }, attributes) =>
      inNhwc(attributes.dataFormat, (toNhwc) => {
        const [batch, ...rest] = attributes.inputShape as [number, number, number, number];
        const shape =
          attributes.dataFormat === 'NCHW' ? [batch, rest[1], rest[2], rest[0]] : [batch, ...rest];
        const info = convolutionInfo(shape, filter.shape, attributes);
        // TensorFlow.js lets dy be larger than the output is, and looks at its first part.
        const [, outHeight, outWidth, outChannels] = info.outShape as [number, number, number, number];
        const seen = slice(toNhwc(dy), [0, 0, 0, 0], [batch, outHeight, outWidth, outChannels]);
        return createNode(CONV_INPUT_GRADIENT, [seen, filter], geometryOf(info), info.inShape, 'float32');
      }),
  ),
  kernel<{ x: GraphNode; dy: GraphNode }, ConvolutionAttributes & { filterShape: number[] }>(
    'Conv2DBackpropFilter',
    ({ x, dy }, attributes) => {
      const nchw = attributes.dataFormat === 'NCHW';
      const nhwc = (image: GraphNode) => (nchw ? transpose(image, [0, 2, 3, 1]) : image);
      const info = convolutionInfo(nhwc(x).shape, attributes.filterShape, attributes);
      const inputs = [nhwc(x), nhwc(dy)];
      return createNode(CONV_FILTER_GRADIENT, inputs, geometryOf(info), info.filterShape, 'float32');
    },
  ),
];

/** Bias and activation of a fused kernel. */
export function fused(
  product: GraphNode,
  { bias, preluActivationWeights }: Activation['inputs'],
  attributes: Activation['attributes'] & ConvolutionAttributes,
): GraphNode {
  // One value a channel, wherever the channels are.
  const perChannel = (x: GraphNode) =>
    attributes.dataFormat === 'NCHW' && x.shape.length === 1 && x.shape[0] !== 1
      ? reshape(x, [...x.shape, 1, 1])
      : x;
  const sum = bias ? apply(ADD, [product, perChannel(bias)], null, product.dtype) : product;
  return activate(sum, attributes, preluActivationWeights && perChannel(preluActivationWeights));
}
