/** @file Access by index: gathering, scattering, one-hot vectors, the largest elements. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { identity } from '../layout';
import { gatherUtil, scatterUtil, util } from '../tfjs';
import type { NumericType } from '../types';
import { sizeOf } from '../types';
import { kernel, NotInOnnx } from './kernel';
import { cast, reshape } from './shapes';
import { slice } from './slice';

const GATHER: Operation<{ axis: number }> = {
  name: 'GatherV2',
  lower(node, to) {
    const [x, indices] = node.inputs as [GraphNode, GraphNode];
    const inputs = [to.logical(x), to.logical(indices)];
    to.define(node as GraphNode, to.emit('Gather', inputs, { axis: node.attributes.axis }));
  },
};

function gather(x: GraphNode, indices: GraphNode, axis: number): GraphNode {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return createNode(GATHER, [x, cast(indices, 'int32')], { axis }, shape, x.dtype);
}

/** Indices that are there already are checked at once; the runtime checks the others. */
function checkIndices({ value }: GraphNode, length: number): void {
  for (const index of value?.data ?? [])
    util.assert(
      index >= 0 && index < length,
      () => `GatherV2: the index value ${index} is not in [0, ${length - 1}]`,
    );
}

/** The same axes at the front of both are counted along with the indices. */
function gatherBatched(x: GraphNode, indices: GraphNode, axis: number, batchDims: number): GraphNode {
  if (batchDims === 0) return gather(x, indices, axis);
  if (axis !== batchDims) throw new NotInOnnx('Gathering with axes between the batch and the indexed axis.');
  const batch = x.shape.slice(0, batchDims);
  const [count, length] = [sizeOf(batch), x.shape[axis]!];
  const perBatch = sizeOf(indices.shape) / Math.max(1, count);
  const rows = reshape(x, [count * length, ...x.shape.slice(axis + 1)]);
  const offsets = createNode(BATCH_OFFSETS, [], { count, length }, [count, 1], 'int32');
  const flat = createNode(
    OFFSET_INDICES,
    [reshape(cast(indices, 'int32'), [count, perBatch]), offsets],
    null,
    [count, perBatch],
    'int32',
  );
  const shape = [...batch, ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return reshape(gather(rows, reshape(flat, [count * perBatch]), 0), shape);
}

/** The place of each batch's first row when all rows stand in one list. */
const BATCH_OFFSETS: Operation<{ count: number; length: number }> = {
  name: 'BatchOffsets',
  lower(node, to) {
    const { count, length } = node.attributes;
    const offsets = Int32Array.from({ length: count }, (_, index) => index * length);
    to.define(node as GraphNode, to.initializer('int32', [count, 1], offsets));
  },
};

const OFFSET_INDICES: Operation<null> = {
  name: 'OffsetIndices',
  lower(node, to) {
    const [indices, offsets] = node.inputs as [GraphNode, GraphNode];
    to.define(node as GraphNode, to.emit('Add', [to.logical(indices), to.logical(offsets)]));
  },
};

const GATHER_ND: Operation<null> = {
  name: 'GatherNd',
  lower(node, to) {
    const [x, indices] = node.inputs as [GraphNode, GraphNode];
    to.define(node as GraphNode, to.emit('GatherND', [to.logical(x), to.cast(to.logical(indices), 'int64')]));
  },
};

/** Adds rows into zeros where indices may meet. Inputs: indices [n, depth], rows [n, ...]. */
const SCATTER_ND: Operation<null> = {
  name: 'ScatterNd',
  lower(node, to) {
    const [indices, updates] = node.inputs as [GraphNode, GraphNode];
    const zeros = to.emit('Expand', [to.scalar(node.dtype, 0), to.integers(node.shape)]);
    const inputs = [zeros, to.cast(to.logical(indices), 'int64'), to.logical(updates)];
    to.define(node as GraphNode, to.emit('ScatterND', inputs, { reduction: 'add' }));
  },
};

function scatter(indices: GraphNode, updates: GraphNode, shape: readonly number[]): GraphNode {
  return createNode(SCATTER_ND, [cast(indices, 'int32'), updates], null, shape, updates.dtype);
}

const ONE_HOT: Operation<{ depth: number; on: number; off: number }> = {
  name: 'OneHot',
  lower(node, to) {
    const indices = node.inputs[0]!;
    const { depth, on, off } = node.attributes;
    const classes = to.initializer('int32', [depth], Int32Array.from(identity(depth)));
    const column = to.reshape(to.logical(indices), [...indices.shape, 1]);
    const equal = to.emit('Equal', [column, classes]);
    // Chosen among floats, as ONNX chooses no booleans.
    const chosen = to.emit('Where', [equal, to.float(on), to.float(off)]);
    to.define(node as GraphNode, node.dtype === 'float32' ? chosen : to.cast(chosen, node.dtype));
  },
};

/** Sorted whether asked for or not: only then the first of equal elements comes first. */
const LARGEST: Operation<{ k: number; part: 'values' | 'indices' }> = {
  name: 'TopK',
  lower(node, to) {
    const x = node.inputs[0]!;
    const { k, part } = node.attributes;
    const top = to.share(`TopK ${x.id} ${k}`, () =>
      to.emitNode('TopK', [to.logical(x), to.integers([k])], { sorted: 1 }, 2),
    );
    const result = part === 'values' ? top.outputs[0]! : to.cast(top.outputs[1]!, 'int32');
    to.define(node as GraphNode, result);
  },
};

const SEGMENT_IDS: Operation<{ numSegments: number }> = {
  name: 'SegmentIds',
  lower(node, to) {
    const ids = to.logical(node.inputs[0]!);
    const beyond = to.scalar('int32', node.attributes.numSegments);
    const inside = to.emit('And', [
      to.emit('GreaterOrEqual', [ids, to.scalar('int32', 0)]),
      to.emit('Less', [ids, beyond]),
    ]);
    to.define(node as GraphNode, to.emit('Where', [inside, ids, beyond]));
  },
};

interface Segments {
  x: GraphNode;
  segmentIds: GraphNode;
}

export const gatherKernels = [
  kernel<{ x: GraphNode; indices: GraphNode }, { axis: number; batchDims: number }>(
    'GatherV2',
    ({ x, indices }, { axis, batchDims }) => {
      const [along] = util.parseAxisParam(axis, [...x.shape]) as [number];
      checkIndices(indices, x.shape[along]!);
      return gatherBatched(x, indices, along, batchDims ?? 0);
    },
  ),
  kernel<{ params: GraphNode; indices: GraphNode }>('GatherNd', ({ params, indices }) => {
    const [shape] = gatherUtil.prepareAndValidate(params as never, indices as never);
    return createNode(GATHER_ND, [params, cast(indices, 'int32')], null, shape, params.dtype);
  }),
  kernel<{ indices: GraphNode; updates: GraphNode }, { shape: number[] }>(
    'ScatterNd',
    ({ indices, updates }, { shape }) => {
      if (updates.dtype === 'bool' || shape.length === 0) throw new NotInOnnx('Scattering into a scalar.');
      const { sliceRank, numUpdates } = scatterUtil.calculateShapes(
        updates as never,
        indices as never,
        shape,
      );
      if (sizeOf(updates.shape) === 1 && numUpdates > 1) throw new NotInOnnx('One update for many places.');
      const places = reshape(indices, [numUpdates, sliceRank]);
      return scatter(places, reshape(updates, [numUpdates, ...shape.slice(sliceRank)]), shape);
    },
  ),
  kernel<Segments, { numSegments: number }>('UnsortedSegmentSum', ({ x, segmentIds }, { numSegments }) => {
    if (x.dtype === 'bool' || segmentIds.shape.length !== 1) throw new NotInOnnx('Segments of many axes.');
    // Ids that name no segment go to one more, which is cut off.
    const ids = createNode(
      SEGMENT_IDS,
      [cast(segmentIds, 'int32')],
      { numSegments },
      segmentIds.shape,
      'int32',
    );
    const rest = x.shape.slice(1);
    const sums = scatter(reshape(ids, [...ids.shape, 1]), x, [numSegments + 1, ...rest]);
    return slice(sums, [0, ...rest.map(() => 0)], [numSegments, ...rest]);
  }),
  kernel<{ indices: GraphNode }, { depth: number; onValue: number; offValue: number; dtype?: NumericType }>(
    'OneHot',
    ({ indices }, { depth, onValue: on, offValue: off, dtype }) =>
      createNode(
        ONE_HOT,
        [cast(indices, 'int32')],
        { depth, on, off },
        [...indices.shape, depth],
        dtype ?? 'float32',
      ),
  ),
  kernel<{ x: GraphNode }, { k: number }>('TopK', ({ x }, { k }) => {
    const shape = [...x.shape.slice(0, -1), k];
    if (k === 0 || x.dtype === 'bool') throw new NotInOnnx('No elements asked for.');
    const part = (name: 'values' | 'indices', dtype: NumericType) =>
      createNode(LARGEST, [x], { k, part: name }, shape, dtype);
    return [part('values', x.dtype), part('indices', 'int32')];
  }),
];
