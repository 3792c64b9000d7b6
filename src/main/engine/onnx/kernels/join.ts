/** @file Joining and repeating: concatenation, stacking, padding, tiling, and blocks moved between axes. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { backendUtil, util } from '../tfjs';
import { type NumericType, sizeOf } from '../types';
import { kernel, NotInOnnx } from './kernel';
import { reshape, transpose } from './shapes';
import { slice } from './slice';

const CONCAT: Operation<{ axis: number }> = {
  name: 'Concat',
  lower(node, to) {
    const layout = to.preferredLayout(node.inputs, node.shape.length);
    const parts = node.inputs.map((input) => to.inLayout(input, layout));
    const axis = layout.indexOf(node.attributes.axis);
    to.define(node as GraphNode, to.emit('Concat', parts, { axis }), layout);
  },
};

export function concat(parts: readonly GraphNode[], axis: number): GraphNode {
  const shape = backendUtil.computeOutShape(
    parts.map((part) => [...part.shape]),
    axis,
  );
  const filled = parts.filter((part) => sizeOf(part.shape) > 0);
  if (filled.length === 1) return filled[0]!;
  return createNode(CONCAT, filled, { axis }, shape, parts[0]!.dtype);
}

type Paddings = readonly (readonly [number, number])[];

interface PadAttributes {
  paddings: Paddings;
  value: number;
  mode: 'constant' | 'reflect' | 'edge';
}

const PAD: Operation<PadAttributes> = {
  name: 'PadV2',
  lower(node, to) {
    const { paddings, value, mode } = node.attributes;
    const { name, layout } = to.stored(node.inputs[0]!);
    const side = (index: 0 | 1) => layout.map((axis) => paddings[axis]![index]);
    const pads = to.integers([...side(0), ...side(1)]);
    const fill = mode === 'constant' ? [to.scalar(node.dtype, value)] : [];
    to.define(node as GraphNode, to.emit('Pad', [name, pads, ...fill], { mode }), layout);
  },
};

export function pad(x: GraphNode, paddings: Paddings, value = 0, mode: PadAttributes['mode'] = 'constant') {
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
  return createNode(PAD, [x], { paddings, value, mode }, shape, x.dtype);
}

/** Reflection that counts the edge, one deep, repeats the edge; deeper ONNX has it nowhere. */
function mirrorPad(x: GraphNode, paddings: Paddings, mode: 'reflect' | 'symmetric'): GraphNode {
  if (mode === 'reflect') return pad(x, paddings, 0, 'reflect');
  if (paddings.flat().every((length) => length <= 1)) return pad(x, paddings, 0, 'edge');
  throw new NotInOnnx('Symmetric padding.');
}

const TILE: Operation<{ reps: readonly number[] }> = {
  name: 'Tile',
  lower(node, to) {
    const x = node.inputs[0]!;
    const scalar = to.scalarOf(x);
    if (scalar !== null) return to.defineScalar(node as GraphNode, scalar);
    const { name, layout } = to.stored(x);
    const repeats = to.integers(layout.map((axis) => node.attributes.reps[axis]!));
    to.define(node as GraphNode, to.emit('Tile', [name, repeats]), layout);
  },
};

interface X {
  x: GraphNode;
}

interface BlockAttributes {
  blockShape: number[];
}

export const joinKernels = [
  kernel<Record<string, GraphNode>, { axis: number }>('Concat', (inputs, { axis }) => {
    const parts = Object.values(inputs);
    const [along] = util.parseAxisParam(axis, [...parts[0]!.shape]) as [number];
    backendUtil.assertParamsConsistent(
      parts.map(({ shape }) => [...shape]),
      along,
    );
    return concat(parts, along);
  }),
  kernel<Record<string, GraphNode>, { axis: number }>('Pack', (inputs, { axis }) => {
    const [first, ...others] = Object.values(inputs);
    for (const other of others) {
      util.assertShapesMatch(
        [...first!.shape],
        [...other.shape],
        'All tensors passed to stack must have matching shapes',
      );
      util.assert(
        first!.dtype === other.dtype,
        () => 'All tensors passed to stack must have matching dtypes',
      );
    }
    const parts = Object.values(inputs).map((part) => {
      const shape = [...part.shape];
      shape.splice(axis, 0, 1);
      return reshape(part, shape);
    });
    return concat(parts, axis);
  }),
  kernel<X, { paddings: Paddings; constantValue: number }>('PadV2', ({ x }, { paddings, constantValue }) =>
    pad(x, paddings, constantValue),
  ),
  kernel<X, { paddings: Paddings; mode: 'reflect' | 'symmetric' }>('MirrorPad', ({ x }, { paddings, mode }) =>
    mirrorPad(x, paddings, mode),
  ),
  kernel<X, { reps: number[] }>('Tile', ({ x }, { reps }) => {
    const shape = x.shape.map((length, axis) => length * reps[axis]!);
    return createNode(TILE, [x], { reps }, shape, x.dtype as NumericType);
  }),
  kernel<X, BlockAttributes & { paddings: [number, number][] }>(
    'SpaceToBatchND',
    ({ x }, { blockShape, paddings }) => {
      const product = sizeOf(blockShape);
      const complete: [number, number][] = [[0, 0], ...paddings];
      while (complete.length < x.shape.length) complete.push([0, 0]);
      const padded = pad(x, complete);
      const split = backendUtil.getReshaped([...padded.shape], blockShape, product, false);
      const order = backendUtil.getPermuted(split.length, blockShape.length, false);
      const shape = backendUtil.getReshapedPermuted([...padded.shape], blockShape, product, false);
      return reshape(transpose(reshape(padded, split), order), shape);
    },
  ),
  kernel<X, BlockAttributes & { crops: number[][] }>('BatchToSpaceND', ({ x }, { blockShape, crops }) => {
    const product = sizeOf(blockShape);
    const split = backendUtil.getReshaped([...x.shape], blockShape, product);
    const order = backendUtil.getPermuted(split.length, blockShape.length);
    const joined = backendUtil.getReshapedPermuted([...x.shape], blockShape, product);
    const begin = backendUtil.getSliceBeginCoords(crops, blockShape.length);
    const size = backendUtil.getSliceSize(joined, crops, blockShape.length);
    // Axes behind the blocks are kept whole.
    const rest = joined.slice(size.length);
    const all = reshape(transpose(reshape(x, split), order), joined);
    return slice(all, [...begin, ...rest.map(() => 0)], [...size, ...rest]);
  }),
  kernel<X, { blockSize: number; dataFormat: string }>('DepthToSpace', ({ x }, { blockSize, dataFormat }) => {
    if (dataFormat !== 'NHWC') throw new NotInOnnx('Depth to space of NCHW images.');
    const [batch, height, width, depth] = x.shape as [number, number, number, number];
    const channels = depth / blockSize ** 2;
    const blocks = reshape(x, [batch, height, width, blockSize, blockSize, channels]);
    const moved = transpose(blocks, [0, 1, 3, 2, 4, 5]);
    return reshape(moved, [batch, height * blockSize, width * blockSize, channels]);
  }),
];
