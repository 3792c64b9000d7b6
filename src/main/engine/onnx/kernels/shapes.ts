/** @file Moves without arithmetic: reshape, transpose, cast, fill, expand. Reshapes and transposes are free if they can. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { inverse, isIdentity, physicalShape, reshapedLayout } from '../layout';
import { util } from '../tfjs';
import { type NumericType, sameNumbers, sizeOf } from '../types';
import { kernel } from './kernel';

const RESHAPE: Operation<null> = {
  name: 'Reshape',
  lower(node, to) {
    const [x] = node.inputs as [GraphNode];
    const scalar = to.scalarOf(x);
    if (scalar !== null) return to.defineScalar(node, scalar);
    const stored = to.stored(x);
    const layout = reshapedLayout(x.shape, stored.layout, node.shape);
    if (layout) to.define(node, to.reshape(stored.name, physicalShape(node.shape, layout)), layout);
    else to.define(node, to.reshape(to.logical(x), node.shape));
  },
};

export function reshape(x: GraphNode, shape: readonly number[]): GraphNode {
  return sameNumbers(x.shape, shape) ? x : createNode(RESHAPE, [x], null, [...shape], x.dtype);
}

const TRANSPOSE: Operation<{ permutation: readonly number[] }> = {
  name: 'Transpose',
  lower(node, to) {
    const { name, layout } = to.stored(node.inputs[0]!);
    const back = inverse(node.attributes.permutation);
    to.define(
      node,
      name,
      layout.map((axis) => back[axis]!),
    );
  },
};

/** Axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: GraphNode, permutation: readonly number[]): GraphNode {
  if (isIdentity(permutation)) return x;
  return createNode(TRANSPOSE, [x], { permutation }, physicalShape(x.shape, permutation), x.dtype);
}

const CAST: Operation<null> = {
  name: 'Cast',
  lower(node, to) {
    const x = node.inputs[0]!;
    const scalar = to.scalarOf(x);
    if (scalar !== null) return to.defineScalar(node, to.cast(scalar, node.dtype));
    const { name, layout } = to.stored(x);
    to.define(node, to.cast(name, node.dtype), layout);
  },
};

export function cast(x: GraphNode, dtype: NumericType): GraphNode {
  return x.dtype === dtype ? x : createNode(CAST, [x], null, x.shape, dtype);
}

const FILL: Operation<{ value: number }> = {
  name: 'Fill',
  lower(node, to) {
    to.defineScalar(node, to.scalar(node.dtype, node.attributes.value));
  },
};

export function fill(value: number, shape: readonly number[], dtype: NumericType): GraphNode {
  return createNode(FILL, [], { value }, [...shape], dtype);
}

const EXPAND: Operation<null> = {
  name: 'BroadcastTo',
  lower(node, to) {
    const x = node.inputs[0]!;
    const scalar = to.scalarOf(x);
    if (scalar !== null) return to.defineScalar(node, scalar);
    const { name, layout } = to.stored(x);
    to.define(node, to.emit('Expand', [name, to.integers(physicalShape(node.shape, layout))]), layout);
  },
};

/** Repeats axes of length 1; axes that are missing are new ones at the front. */
export function broadcastTo(x: GraphNode, shape: readonly number[]): GraphNode {
  const full = reshape(x, [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]);
  return sameNumbers(full.shape, shape) ? full : createNode(EXPAND, [full], null, [...shape], x.dtype);
}

/** x without its axes of length 1 that are named. */
export function withoutAxes(x: GraphNode, axes: readonly number[]): GraphNode {
  return reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

interface Shaped {
  x: GraphNode;
}

export const shapeKernels = [
  kernel<Shaped>('Identity', ({ x }) => x),
  kernel<Shaped, { shape: number[] }>('Reshape', ({ x }, { shape }) =>
    reshape(x, util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ),
  kernel<{ input: GraphNode }, { dim: number }>('ExpandDims', ({ input }, { dim }) => {
    const shape = [...input.shape];
    util.assert(
      -(shape.length + 1) <= dim && dim <= shape.length,
      () => `Axis must be in the interval [${-(shape.length + 1)}, ${shape.length}]`,
    );
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return reshape(input, shape);
  }),
  kernel<Shaped, { perm: number[] }>('Transpose', ({ x }, { perm }) => transpose(x, perm)),
  kernel<Shaped, { shape: number[] }>('BroadcastTo', ({ x }, { shape }) => broadcastTo(x, shape)),
  kernel<Shaped>('ZerosLike', ({ x }) => fill(0, x.shape, x.dtype)),
  kernel<Shaped>('OnesLike', ({ x }) => fill(1, x.shape, x.dtype)),
];
