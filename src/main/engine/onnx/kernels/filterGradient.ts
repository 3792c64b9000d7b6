/**
 * @file The gradient of a convolution with respect to its filter, for which ONNX has no operator:
 * dW[i, j, c, k] = sum over b, p, q of x[b, s p + d i - pad, s q + d j - pad, c] dy[b, p, q, k].
 *
 * x, dy or both are unfolded, so that each place holds what the window sees there, and multiplied as matrices. On the shapes
 * of U-Nets and ResNets that is faster than slices and concatenation, nine products, and convolution with swapped axes.
 */
import type { GraphNode } from '../graph/node';
import { OIHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { type Geometry, transposedPads } from './convolution';
import { turnAround } from './images';
import { channelsOf, correlate, windowsOf } from './unfold';

export function lowerFilterGradient(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const { kernel, strides, pads } = node.attributes;
  const dense = strides[0] === 1 && strides[1] === 1;
  const outside = outputPads(node);
  const [channelsIn, channelsOut] = [x.shape[3]!, dy.shape[3]!];
  const rowsOfBoth = kernel[0] * channelsIn + kernel[1] * channelsOut;
  const rowsOfOne = kernel[0] * kernel[1] * Math.min(channelsIn, channelsOut);
  if (dense && kernel[0] * kernel[1] === 1 && pads.every((pad) => pad === 0)) pointwise(node, to);
  else if (dense && rowsOfBoth < rowsOfOne && outside[1] >= 0 && outside[3] >= 0) unfoldBoth(node, to);
  else if (dense && channelsOut < channelsIn && outside.every((pad) => pad >= 0)) unfoldOutput(node, to);
  else unfoldInput(node, to);
}

/** Pads that make the output as large as the input, window by window; negative where x has pads beyond the window. */
function outputPads(node: GraphNode<Geometry>): [number, number, number, number] {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  return transposedPads(node.attributes, [x.shape[1]!, x.shape[2]!], [dy.shape[1]!, dy.shape[2]!]);
}

function placesOf(image: GraphNode): number {
  return image.shape[1]! * image.shape[2]!;
}

/** A 1x1 convolution is a matrix product already. */
function pointwise(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const sum = correlate(to, channelsOf(dy), channelsOf(x));
  to.define(node as GraphNode, to.reshape(sum, [dy.shape[3]!, x.shape[3]!, 1, 1]), OIHW);
}

/** Each place of the output with what its window sees. */
function unfoldInput(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const sum = correlate(to, windowsOf(x, node.attributes, placesOf(dy)), channelsOf(dy));
  const shape = [x.shape[3]!, ...node.attributes.kernel, dy.shape[3]!];
  to.define(node as GraphNode, to.reshape(sum, shape), [2, 0, 1, 3]);
}

/** Each place of the input with the outputs it takes part in; cheaper where the output has fewer channels. */
function unfoldOutput(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const window = { ...node.attributes, pads: outputPads(node) };
  const sum = correlate(to, windowsOf(dy, window, placesOf(x)), channelsOf(x));
  const windows = to.reshape(sum, [dy.shape[3]!, ...window.kernel, x.shape[3]!]);
  // Seen from the input, the window is turned around.
  to.define(node as GraphNode, turnAround(to, windows, [1, 2]), [3, 0, 1, 2]);
}

/**
 * x along the window's height and dy along its width: a place is a row of the output and a column of the input. With
 * like channels two matrices of 3 rows a channel take the place of one with 9, and the product is closer to square.
 */
function unfoldBoth(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const { kernel, dilations, pads } = node.attributes;
  const [, left, , right] = outputPads(node);
  const [rows, columns] = [dy.shape[1]!, x.shape[2]!];
  const down: Geometry = {
    ...{ kernel: [kernel[0], 1], strides: [1, 1], dilations: [dilations[0], 1] },
    pads: [pads[0], 0, pads[2], 0],
  };
  const across: Geometry = {
    ...{ kernel: [1, kernel[1]], strides: [1, 1], dilations: [1, dilations[1]] },
    pads: [0, left, 0, right],
  };
  const sum = correlate(
    to,
    windowsOf(x, down, rows * columns),
    // What lies to the left of a place of the input saw it through the right of the window.
    windowsOf(dy, across, rows * columns, true),
  );
  const shape = [x.shape[3]!, kernel[0], dy.shape[3]!, kernel[1]];
  to.define(node as GraphNode, to.reshape(sum, shape), [2, 0, 3, 1]);
}
