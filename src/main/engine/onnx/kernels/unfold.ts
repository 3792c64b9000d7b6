/**
 * @file Images as matrices, one column a place, and their correlation over places: what gradients of filters are made of.
 * Unfolding, which puts at each place what a window sees there, is a depthwise convolution with one-hot filters.
 */
import type { GraphNode } from '../graph/node';
import { NCHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import type { Geometry } from './convolution';

/** How an image becomes a matrix [rows, places]. */
export interface Matrix {
  image: GraphNode;
  rows: number;
  places: number;
  /** null: the channels themselves. */
  window: Geometry | null;
  /** Whether a window's elements are listed from its end. */
  reversed?: boolean;
}

/** The channels of an image as rows. */
export function channelsOf(image: GraphNode): Matrix {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  return { image, rows: channels, places: height * width, window: null };
}

/** For each channel, the elements of a window that sees `places` places. */
export function windowsOf(image: GraphNode, window: Geometry, places: number, reversed = false): Matrix {
  const rows = image.shape[3]! * window.kernel[0] * window.kernel[1];
  return { image, rows, places, window, reversed };
}

/**
 * Unfolded images beyond this many bytes are made and used one by one. One block of memory for all of them would not
 * stay in any cache, and the system's allocator would fetch it anew at every step.
 */
const MOST_BYTES = 24 * 2 ** 20;

/** The sum over batch and places of a times b. @returns a tensor [rows of a, rows of b] */
export function correlate(to: Lowering, a: Matrix, b: Matrix): string {
  const batch = a.image.shape[0]!;
  const bytes = [a, b].reduce(
    (sum, { rows, places, window }) => sum + (window ? 4 * batch * rows * places : 0),
    0,
  );
  return bytes <= MOST_BYTES ? correlateAtOnce(to, a, b) : correlateOneByOne(to, a, b);
}

function correlateAtOnce(to: Lowering, a: Matrix, b: Matrix): string {
  const products = to.timesTransposed(matrices(to, a), matrices(to, b), 3);
  return to.emit('ReduceSum', [products, to.integers([0])], { keepdims: 0 });
}

function correlateOneByOne(to: Lowering, a: Matrix, b: Matrix): string {
  const [left, right] = [split(to, a.image), split(to, b.image)];
  let sum: string[] = [];
  for (const [index, image] of left.entries()) {
    const factors = [unfolded(to, a, image), unfolded(to, b, right[index]!)];
    const [x, y] = [to.reshape(factors[0]!, [a.rows, a.places]), to.reshape(factors[1]!, [b.rows, b.places])];
    sum = [to.emit('Gemm', [x, y, ...sum], { transB: 1 })];
  }
  return sum[0]!;
}

/** The images of a batch. */
function split(to: Lowering, image: GraphNode): string[] {
  const batch = image.shape[0]!;
  const sizes = to.integers(new Array<number>(batch).fill(1));
  return to.emitNode('Split', [to.inLayout(image, NCHW), sizes], { axis: 0 }, batch).outputs;
}

/** @returns a tensor [batch, rows, places] */
export function matrices(to: Lowering, matrix: Matrix): string {
  const { image, rows, places } = matrix;
  return to.reshape(unfolded(to, matrix, to.inLayout(image, NCHW)), [image.shape[0]!, rows, places]);
}

/** @param name the image or a part of its batch, NCHW */
function unfolded(to: Lowering, { image, window, reversed = false }: Matrix, name: string): string {
  if (!window) return name;
  const channels = image.shape[3]!;
  const { kernel, strides, dilations, pads } = window;
  return to.emit('Conv', [name, oneHotFilters(to, channels, kernel, reversed)], {
    ...{ kernel_shape: kernel, strides, dilations, pads, group: channels },
  });
}

/** For each channel one filter for each place in the window, which is 1 there and 0 elsewhere. */
function oneHotFilters(
  to: Lowering,
  channels: number,
  [height, width]: readonly [number, number],
  reversed: boolean,
): string {
  return to.constant(`one-hot ${channels} ${height} ${width} ${reversed}`, () => {
    const places = height * width;
    const filters = new Float32Array(channels * places * places);
    for (let row = 0; row < channels * places; row++) {
      const place = row % places;
      filters[row * places + (reversed ? places - 1 - place : place)] = 1;
    }
    return to.initializer('float32', [channels * places, 1, height, width], filters);
  });
}
