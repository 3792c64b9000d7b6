/**
 * @file The gradient of a convolution with respect to its filter, for which ONNX has no operator:
 * dW[i, j, c, k] = sum over b, p, q of x[b, s p + d i - pad, s q + d j - pad, c] dy[b, p, q, k].
 *
 * One of x and dy is unfolded, so that each place holds what the window sees there, and multiplied with the other as one
 * batch of matrices. Unfolding is a depthwise convolution with one-hot filters: measured against slices and
 * concatenation, nine products, and convolution with swapped axes, it is the fastest on the shapes of U-Nets and ResNets.
 */
import type { GraphNode } from '../graph/node';
import { NCHW, OIHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { type Geometry, transposedPads } from './convolution';
import { turnAround } from './images';

type Window = Pick<Geometry, 'strides' | 'dilations' | 'pads'>;

export function lowerFilterGradient(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const { kernel, strides } = node.attributes;
  const dense = strides[0] === 1 && strides[1] === 1;
  const [channelsIn, channelsOut] = [x.shape[3]!, dy.shape[3]!];
  if (dense && kernel[0] * kernel[1] === 1 && node.attributes.pads.every((pad) => pad === 0))
    pointwise(node, to);
  else if (dense && channelsOut < channelsIn && canUnfoldOutput(node)) unfoldOutput(node, to);
  else unfoldInput(node, to);
}

/** A 1x1 convolution is a matrix product already. */
function pointwise(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const [channelsIn, channelsOut] = [x.shape[3]!, dy.shape[3]!];
  const sum = correlate(to, asMatrix(to, dy), asMatrix(to, x));
  to.define(node as GraphNode, to.reshape(sum, [channelsOut, channelsIn, 1, 1]), OIHW);
}

/** Each place of the output with what its window sees. */
function unfoldInput(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const { kernel, strides, dilations, pads } = node.attributes;
  const [channelsIn, channelsOut] = [x.shape[3]!, dy.shape[3]!];
  const sum = correlateUnfolded(to, x, kernel, { strides, dilations, pads }, dy);
  to.define(node as GraphNode, to.reshape(sum, [channelsIn, ...kernel, channelsOut]), [2, 0, 1, 3]);
}

function outputPads(node: GraphNode<Geometry>): [number, number, number, number] {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  return transposedPads(node.attributes, [x.shape[1]!, x.shape[2]!], [dy.shape[1]!, dy.shape[2]!]);
}

function canUnfoldOutput(node: GraphNode<Geometry>): boolean {
  return outputPads(node).every((pad) => pad >= 0);
}

/** Each place of the input with the outputs it takes part in; cheaper where the output has fewer channels. */
function unfoldOutput(node: GraphNode<Geometry>, to: Lowering): void {
  const [x, dy] = node.inputs as [GraphNode, GraphNode];
  const { kernel, dilations } = node.attributes;
  const [channelsIn, channelsOut] = [x.shape[3]!, dy.shape[3]!];
  const window = { strides: [1, 1] as const, dilations, pads: outputPads(node) };
  const sum = to.reshape(correlateUnfolded(to, dy, kernel, window, x), [channelsOut, ...kernel, channelsIn]);
  // Seen from the input, the window is turned around.
  to.define(node as GraphNode, turnAround(to, sum, [1, 2]), [3, 0, 1, 2]);
}

/** Channels as rows. @returns a tensor [batch, channels, places] */
function asMatrix(to: Lowering, image: GraphNode): string {
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  return to.reshape(to.inLayout(image, NCHW), [batch, channels, height * width]);
}

/** Sum over the batch of a times b transposed. */
function correlate(to: Lowering, a: string, b: string): string {
  const products = to.timesTransposed(a, b, 3);
  return to.emit('ReduceSum', [products, to.integers([0])], { keepdims: 0 });
}

/**
 * Unfolded images beyond this many bytes are made and used one by one. One block of memory for all of them would not
 * stay in any cache, and the system's allocator would fetch it anew at every step.
 */
const MOST_UNFOLDED_BYTES = 24 * 2 ** 20;

/**
 * What the window sees in `image` at every place, times `other` at that place, summed over places and batch.
 * @returns a tensor [channels x window, channels of other]
 */
function correlateUnfolded(
  to: Lowering,
  image: GraphNode,
  kernel: readonly [number, number],
  window: Window,
  other: GraphNode,
): string {
  const [batch, , , channels] = image.shape as [number, number, number, number];
  const [, otherHeight, otherWidth, otherChannels] = other.shape as [number, number, number, number];
  const places = otherHeight * otherWidth;
  const rows = channels * kernel[0] * kernel[1];
  if (batch * rows * places * 4 <= MOST_UNFOLDED_BYTES)
    return correlate(to, unfold(to, image, kernel, window, places), asMatrix(to, other));
  const images = split(to, to.inLayout(image, NCHW), batch);
  const others = split(to, to.inLayout(other, NCHW), batch);
  let sum: string[] = [];
  for (const [index, part] of images.entries()) {
    const columns = to.reshape(unfolded(to, part, channels, kernel, window), [rows, places]);
    const matrix = to.reshape(others[index]!, [otherChannels, places]);
    sum = [to.emit('Gemm', [columns, matrix, ...sum], { transB: 1 })];
  }
  return sum[0]!;
}

/** The images of a batch. */
function split(to: Lowering, name: string, batch: number): string[] {
  const sizes = to.integers(new Array<number>(batch).fill(1));
  return to.emitNode('Split', [name, sizes], { axis: 0 }, batch).outputs;
}

/** What the window sees at every place. @returns a tensor [batch, channels x window, places] */
export function unfold(
  to: Lowering,
  image: GraphNode,
  kernel: readonly [number, number],
  window: Window,
  places: number,
): string {
  const [batch, , , channels] = image.shape as [number, number, number, number];
  const columns = unfolded(to, to.inLayout(image, NCHW), channels, kernel, window);
  return to.reshape(columns, [batch, channels * kernel[0] * kernel[1], places]);
}

function unfolded(
  to: Lowering,
  image: string,
  channels: number,
  kernel: readonly [number, number],
  { strides, dilations, pads }: Window,
): string {
  return to.emit('Conv', [image, oneHotFilters(to, channels, kernel)], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads,
    group: channels,
  });
}

/** For each channel one filter for each place in the window, which is 1 there and 0 elsewhere. */
function oneHotFilters(to: Lowering, channels: number, [height, width]: readonly [number, number]): string {
  return to.constant(`one-hot ${channels} ${height} ${width}`, () => {
    const places = height * width;
    const filters = new Float32Array(channels * places * places);
    for (let row = 0; row < channels * places; row++) filters[row * places + (row % places)] = 1;
    return to.initializer('float32', [channels * places, 1, height, width], filters);
  });
}
