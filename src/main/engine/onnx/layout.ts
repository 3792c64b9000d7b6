/**
 * @file Layouts. A tensor's elements may be stored in another order of axes than TensorFlow.js sees: `layout[i]` is the
 * logical axis that lies at physical position i. ONNX's convolutions want NCHW where TensorFlow.js means NHWC; with
 * layouts a transpose is a note, and data moves only where two parts of a graph disagree.
 */
import { sameNumbers, type TypedArray } from './types';

export type Layout = readonly number[];

/** Images: logical [batch, height, width, channels], stored [batch, channels, height, width]. */
export const NCHW: Layout = [0, 3, 1, 2];
/** Filters: logical [height, width, in, out], stored [out, in, height, width]. */
export const OIHW: Layout = [3, 2, 0, 1];
/** Filters: logical [height, width, in, out], stored [in, out, height, width]. */
export const IOHW: Layout = [2, 3, 0, 1];

export function identity(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function isIdentity(layout: Layout): boolean {
  return layout.every((axis, position) => axis === position);
}

export function inverse(layout: Layout): number[] {
  const result = new Array<number>(layout.length);
  for (const [position, axis] of layout.entries()) result[axis] = position;
  return result;
}

export function physicalShape(shape: readonly number[], layout: Layout): number[] {
  return layout.map((axis) => shape[axis]!);
}

export function logicalShape(physical: readonly number[], layout: Layout): number[] {
  return inverse(layout).map((position) => physical[position]!);
}

/** Whether storing `shape` in the order `to` instead of `from` moves no element: only axes of length 1 change places. */
export function isMoveFree(shape: readonly number[], from: Layout, to: Layout): boolean {
  const long = (layout: Layout) => layout.filter((axis) => shape[axis] !== 1);
  return sameNumbers(long(from), long(to));
}

/**
 * The layout of `to` after a reshape that moves no element, or null if there is none. Axes are grouped into the smallest
 * blocks of equal size on both sides, e.g. [b, h, w, c] -> [b, h, w, g, c/g] has the blocks b, h, w and c; it is free as
 * long as the axes of each block lie side by side in logical order.
 */
export function reshapedLayout(
  from: readonly number[],
  layout: Layout,
  to: readonly number[],
): number[] | null {
  const blocks = commonBlocks(from, to);
  const blockOf = new Map<number, number>();
  for (const [index, block] of blocks.entries()) for (const axis of block.from) blockOf.set(axis, index);
  const order: number[] = [];
  const seen: number[][] = blocks.map(() => []);
  for (const axis of layout) {
    const block = blockOf.get(axis);
    if (block === undefined) continue;
    if (order.at(-1) !== block) {
      if (seen[block]!.length > 0) return null;
      order.push(block);
    }
    seen[block]!.push(axis);
  }
  const inOrder = seen.every((axes) => axes.every((axis, index) => index === 0 || axes[index - 1]! < axis));
  if (!inOrder) return null;
  const ones = to.flatMap((length, axis) => (length === 1 ? [axis] : []));
  return [...ones, ...order.flatMap((index) => blocks[index]!.to)];
}

/** Blocks of axes with equal products; axes of length 1 belong to none. */
function commonBlocks(from: readonly number[], to: readonly number[]): { from: number[]; to: number[] }[] {
  const long = (shape: readonly number[]) => shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const left = long(from);
  const right = long(to);
  const blocks: { from: number[]; to: number[] }[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const block = { from: [left[i]!], to: [right[j]!] };
    let a = from[left[i++]!]!;
    let b = to[right[j++]!]!;
    while (a !== b) {
      if (a < b) {
        block.from.push(left[i]!);
        a *= from[left[i++]!]!;
      } else {
        block.to.push(right[j]!);
        b *= to[right[j++]!]!;
      }
    }
    blocks.push(block);
  }
  return blocks;
}

/** Elements in logical order. @param shape logical @param data stored in the order `layout` */
export function toLogicalOrder<T extends TypedArray>(data: T, shape: readonly number[], layout: Layout): T {
  if (isMoveFree(shape, layout, identity(shape.length))) return data;
  const rank = shape.length;
  const strides = new Array<number>(rank);
  let stride = 1;
  for (let position = rank - 1; position >= 0; position--) {
    strides[layout[position]!] = stride;
    stride *= shape[layout[position]!]!;
  }
  const result = new (data.constructor as new (size: number) => T)(data.length);
  const index = new Array<number>(rank).fill(0);
  const lastLength = shape[rank - 1]!;
  const lastStride = strides[rank - 1]!;
  let offset = 0;
  for (let written = 0; written < result.length; ) {
    for (let k = 0; k < lastLength; k++) result[written++] = data[offset + k * lastStride]!;
    for (let axis = rank - 2; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
