/** @file Parts of tensors: slices, strided slices, splits, reversal. */
import { createLeaf, createNode, type GraphNode, type Operation } from '../graph/node';
import { isIdentity } from '../layout';
import { backendUtil, sliceUtil, util } from '../tfjs';
import { sameNumbers, sizeOf } from '../types';
import { kernel } from './kernel';
import { reshape, withoutAxes } from './shapes';

interface Bounds {
  begin: readonly number[];
  end: readonly number[];
  strides: readonly number[];
}

const SLICE: Operation<Bounds> = {
  name: 'Slice',
  lower(node, to) {
    const x = node.inputs[0]!;
    const { begin, end, strides } = node.attributes;
    const scalar = to.scalarOf(x);
    if (scalar !== null) return to.defineScalar(node as GraphNode, scalar);
    const { name, layout } = to.stored(x);
    const axes = x.shape.flatMap((length, axis) =>
      begin[axis] === 0 && end[axis] === length && strides[axis] === 1 ? [] : [axis],
    );
    const of = (values: readonly number[]) => to.integers(axes.map((axis) => values[axis]!));
    const positions = to.integers(axes.map((axis) => layout.indexOf(axis)));
    const result = axes.length ? to.emit('Slice', [name, of(begin), of(end), positions, of(strides)]) : name;
    to.define(node as GraphNode, result, layout);
  },
};

/** Elements from `begin` on, `size` of them along each axis. */
export function slice(x: GraphNode, begin: readonly number[], size: readonly number[]): GraphNode {
  if (sameNumbers(size, x.shape)) return x;
  const rows = sliceOfRows(x, begin, size);
  if (rows) return rows;
  const end = begin.map((start, axis) => start + size[axis]!);
  return createNode(SLICE, [x], { begin, end, strides: begin.map(() => 1) }, [...size], x.dtype);
}

/**
 * Rows of elements that lie in JavaScript are copied at once. A batch taken from a larger tensor would otherwise put its
 * place into the graph, and make every batch a graph of its own.
 */
function sliceOfRows(x: GraphNode, begin: readonly number[], size: readonly number[]): GraphNode | null {
  const whole = size.every((length, axis) => axis === 0 || length === x.shape[axis]);
  if (!whole || x.shape.length === 0 || !x.value || !isIdentity(x.value.layout)) return null;
  const row = sizeOf(x.shape) / x.shape[0]!;
  return createLeaf(x.value.data.slice(begin[0]! * row, (begin[0]! + size[0]!) * row), [...size], x.dtype);
}

interface X {
  x: GraphNode;
}

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

function stridedSlice(x: GraphNode, attributes: StridedSliceAttributes): GraphNode {
  const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const { finalShapeSparse, finalShape, begin, end, strides } = sliceUtil.sliceInfo(
    [...x.shape],
    attributes.begin,
    attributes.end,
    attributes.strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  // Empty axes come out as -0.
  const shape = sliceUtil.computeOutShape(begin, end, strides).map((length) => Math.max(length, 0));
  // ONNX counts negative ends from the back; TensorFlow.js means the place before the first element.
  const bounded = end.map((value, axis) => (strides[axis]! < 0 && value < 0 ? -(2 ** 31) : value));
  const part = createNode(SLICE, [x], { begin, end: bounded, strides }, shape, x.dtype);
  return reshape(reshape(part, finalShapeSparse), finalShape);
}

/** Consecutive parts along an axis. */
function split(x: GraphNode, lengths: readonly number[], axis: number): GraphNode[] {
  let start = 0;
  return lengths.map((length) => {
    const begin = x.shape.map((_, index) => (index === axis ? start : 0));
    const size = x.shape.map((whole, index) => (index === axis ? length : whole));
    start += length;
    return slice(x, begin, size);
  });
}

const REVERSE: Operation<{ axes: readonly number[] }> = {
  name: 'Reverse',
  lower(node, to) {
    const { name, layout } = to.stored(node.inputs[0]!);
    const { axes } = node.attributes;
    const all = (value: number) => to.integers(axes.map(() => value));
    const positions = to.integers(axes.map((axis) => layout.indexOf(axis)));
    to.define(
      node as GraphNode,
      to.emit('Slice', [name, all(-1), all(-(2 ** 31)), positions, all(-1)]),
      layout,
    );
  },
};

export const sliceKernels = [
  kernel<X, { begin: number[]; size: number[] }>('Slice', ({ x }, attributes) => {
    const [begin, size] = sliceUtil.parseSliceParams(
      { shape: [...x.shape], rank: x.shape.length } as never,
      attributes.begin,
      attributes.size,
    ) as [number[], number[]];
    sliceUtil.assertParamsValid({ shape: [...x.shape], rank: x.shape.length } as never, begin, size);
    return slice(x, begin, size);
  }),
  kernel<X, StridedSliceAttributes>('StridedSlice', ({ x }, attributes) => stridedSlice(x, attributes)),
  kernel<X, { numOrSizeSplits: number[] | number; axis: number }>(
    'SplitV',
    ({ x }, { numOrSizeSplits, axis }) => {
      const [along] = util.parseAxisParam(axis, [...x.shape]) as [number];
      const sizes = backendUtil.prepareSplitSize({ shape: x.shape } as never, numOrSizeSplits, along);
      return split(x, sizes, along);
    },
  ),
  kernel<{ value: GraphNode }, { axis: number }>('Unpack', ({ value }, { axis }) => {
    const along = axis < 0 ? axis + value.shape.length : axis;
    const parts = split(value, new Array<number>(value.shape[along]!).fill(1), along);
    return parts.map((part) => withoutAxes(part, [along]));
  }),
  kernel<X, { dims: number | number[] }>('Reverse', ({ x }, { dims }) => {
    const axes = util.parseAxisParam(dims, [...x.shape]);
    return axes.length === 0 || x.shape.length === 0
      ? x
      : createNode(REVERSE, [x], { axes }, x.shape, x.dtype);
  }),
];
