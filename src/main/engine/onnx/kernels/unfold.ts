/**
 * @file Images as matrices, one column a place, and their correlation over places: what gradients of filters are made of.
 * Unfolding, which puts at each place what a window sees there, is a depthwise convolution with one-hot filters; on WebGPU
 * slices side by side, because ONNX Runtime 1.30 convolves groups of several filters wrongly there.
 */
import type { GraphNode } from '../graph/node';
import { NCHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { type Geometry, reach } from './convolution';

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

/** Products of all images, one beside the other, are summed afterwards; larger ones are added up as they are made. */
const MOST_BYTES_OF_PRODUCTS = 8 * 2 ** 20;

/** A graphics device has no such cache, but binds no larger buffers than these everywhere. */
const MOST_BYTES_OF_WEBGPU = 120 * 2 ** 20;

/** The sum over batch and places of a times b. @returns a tensor [rows of a, rows of b] */
export function correlate(to: Lowering, a: Matrix, b: Matrix): string {
  const batch = a.image.shape[0]!;
  const bytes = [a, b].reduce(
    (sum, { rows, places, window }) => sum + (window ? 4 * batch * rows * places : 0),
    0,
  );
  const products = 4 * batch * a.rows * b.rows;
  const fits =
    to.device === 'webgpu'
      ? bytes <= MOST_BYTES_OF_WEBGPU
      : bytes <= MOST_BYTES && products <= MOST_BYTES_OF_PRODUCTS;
  return fits ? correlateAtOnce(to, a, b) : correlateOneByOne(to, a, b);
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

/** The images of a batch. WebGPU binds too few buffers to write all of a larger one at once. */
function split(to: Lowering, image: GraphNode): string[] {
  const batch = image.shape[0]!;
  if (to.device === 'webgpu')
    return Array.from({ length: batch }, (_, i) => {
      const bounds = [to.integers([i]), to.integers([i + 1]), to.integers([0])];
      return to.emit('Slice', [to.inLayout(image, NCHW), ...bounds]);
    });
  const sizes = to.integers(new Array<number>(batch).fill(1));
  return to.emitNode('Split', [to.inLayout(image, NCHW), sizes], { axis: 0 }, batch).outputs;
}

/** @returns a tensor [batch, rows, places] */
export function matrices(to: Lowering, matrix: Matrix): string {
  const { image, rows, places } = matrix;
  return to.reshape(unfolded(to, matrix, to.inLayout(image, NCHW)), [image.shape[0]!, rows, places]);
}

/** @param name the image or a part of its batch, NCHW */
function unfolded(to: Lowering, matrix: Matrix, name: string): string {
  const { image, window, reversed = false } = matrix;
  if (!window) return name;
  if (to.device === 'webgpu') return sideBySide(to, image, window, reversed, name);
  const channels = image.shape[3]!;
  const { kernel, strides, dilations, pads } = window;
  return to.emit('Conv', [name, oneHotFilters(to, channels, kernel, reversed)], {
    ...{ kernel_shape: kernel, strides, dilations, pads, group: channels },
  });
}

/** What each element of the window sees, one behind the other along a new axis. */
function sideBySide(
  to: Lowering,
  image: GraphNode,
  window: Geometry,
  reversed: boolean,
  name: string,
): string {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  const { kernel, strides, dilations, pads } = window;
  const [top, left, bottom, right] = pads;
  const inside = pads.every((pad) => pad === 0);
  const around = to.integers([0, 0, top, left, 0, 0, bottom, right]);
  const padded = inside ? name : to.emit('Pad', [name, around, to.float(0)]);
  const size = [height + top + bottom, width + left + right] as const;
  const windows = ([0, 1] as const).map(
    (axis) => Math.floor((size[axis] - reach(window, axis)) / strides[axis]) + 1,
  ) as [number, number];
  const seen: string[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const begin = [i * dilations[0], j * dilations[1]];
      const end = windows.map((count, axis) => begin[axis]! + (count - 1) * strides[axis as 0 | 1] + 1);
      const bounds = [to.integers(begin), to.integers(end), to.integers([2, 3]), to.integers(strides)];
      const part = to.emit('Slice', [padded, ...bounds]);
      seen.push(to.reshape(part, [-1, channels, 1, windows[0] * windows[1]]));
    }
  return to.emit('Concat', reversed ? seen.reverse() : seen, { axis: 2 });
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
