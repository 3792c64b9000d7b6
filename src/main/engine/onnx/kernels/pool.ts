/** @file Maximum and average pooling with their gradients. */
import type { OnnxNode } from '../encoding/model';
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { NCHW, physicalShape } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { backendUtil } from '../tfjs';
import { sameNumbers } from '../types';
import { unpoolByComparison } from './comparePool';
import { type Geometry, geometryOf, transposedPads, windowAttributes } from './convolution';
import { spread } from './images';
import { kernel, NotInOnnx } from './kernel';
import { cast } from './shapes';

/** One MaxPool serves the forward pass and, with the places of the maxima as second output, the gradient. */
function maxPool(to: Lowering, x: GraphNode, geometry: Geometry): OnnxNode {
  return to.share(`MaxPool ${x.id} ${JSON.stringify(geometry)}`, () =>
    to.emitNode('MaxPool', [to.inLayout(x, NCHW)], windowAttributes(geometry), 1),
  );
}

const MAX_POOL: Operation<Geometry> = {
  name: 'MaxPool',
  lower(node, to) {
    const pool = maxPool(to, node.inputs[0]!, node.attributes);
    to.define(node as GraphNode, pool.outputs[0]!, NCHW);
  },
};

const MAX_POOL_GRADIENT: Operation<Geometry> = {
  name: 'MaxPoolGrad',
  lower(node, to) {
    const [dy, x] = node.inputs as [GraphNode, GraphNode];
    const pool = maxPool(to, x, node.attributes);
    if (to.device === 'webgpu') {
      const result = unpoolByComparison(to, to.inLayout(dy, NCHW), pool.outputs[0]!, x, dy, node.attributes);
      return to.define(node as GraphNode, result, NCHW);
    }
    const places = pool.outputs[1] ?? to.addOutput(pool);
    const shape = physicalShape(node.shape, NCHW);
    to.define(node as GraphNode, unpool(to, to.inLayout(dy, NCHW), places, shape, node.attributes), NCHW);
  },
};

/** Hands dy to the places of the maxima. @param shape of the input, NCHW */
function unpool(to: Lowering, dy: string, places: string, shape: number[], geometry: Geometry): string {
  const { kernel, strides, pads } = geometry;
  // MaxUnpool writes where windows do not overlap.
  if (sameNumbers(kernel, strides) && pads.every((pad) => pad === 0))
    return to.emit('MaxUnpool', [dy, places, to.integers(shape)], { kernel_shape: kernel, strides });
  const size = shape.reduce((a, b) => a * b, 1);
  const zeros = to.emit('Expand', [to.float(0), to.integers([size])]);
  const inputs = [zeros, to.reshape(places, [-1]), to.reshape(dy, [-1])];
  return to.reshape(to.emit('ScatterElements', inputs, { axis: 0, reduction: 'add' }), shape);
}

const AVERAGE_POOL: Operation<Geometry> = {
  name: 'AvgPool',
  lower(node, to) {
    const { kernel, strides, pads } = node.attributes;
    const x = to.inLayout(node.inputs[0]!, NCHW);
    const y = to.emit('AveragePool', [x], { kernel_shape: kernel, strides, pads, count_include_pad: 0 });
    to.define(node as GraphNode, y, NCHW);
  },
};

/** Every place of the input gets its share of each window that covers it. */
const AVERAGE_POOL_GRADIENT: Operation<Geometry> = {
  name: 'AvgPoolGrad',
  lower(node, to) {
    const dy = node.inputs[0]!;
    const [, height, width] = node.shape as [number, number, number, number];
    const { kernel, strides } = node.attributes;
    const share = to.emit('Mul', [to.inLayout(dy, NCHW), shares(to, node as GraphNode<Geometry>, dy)]);
    const sparse = spread(to, share, dy.shape, strides);
    const pads = transposedPads(node.attributes, [height, width], sparse.size);
    const channels = dy.shape[3]!;
    // ONNX has no pooling that sums: a depthwise convolution with ones does.
    const ones = new Float32Array(channels * kernel[0] * kernel[1]).fill(1);
    const filter = to.initializer('float32', [channels, 1, ...kernel], ones);
    const sums = to.emit('Conv', [sparse.name, filter], { kernel_shape: kernel, pads, group: channels });
    to.define(node as GraphNode, sums, NCHW);
  },
};

/** One over the number of elements that each window averages, [1, 1, height, width]; pads are not counted. */
function shares(to: Lowering, node: GraphNode<Geometry>, dy: GraphNode): string {
  const { kernel, strides, pads } = node.attributes;
  const count = (place: number, axis: 0 | 1) => {
    const start = place * strides[axis] - pads[axis];
    return Math.min(node.shape[1 + axis]!, start + kernel[axis]) - Math.max(0, start);
  };
  const [height, width] = [dy.shape[1]!, dy.shape[2]!];
  const values = new Float32Array(height * width);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) values[i * width + j] = 1 / (count(i, 0) * count(j, 1));
  return to.initializer('float32', [1, 1, height, width], values);
}

interface PoolAttributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(x: GraphNode, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) {
  const shape = [...x.shape] as [number, number, number, number];
  const info = backendUtil.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const geometry = geometryOf(info);
  // The runtime wants every window to see something of the image.
  if (geometry.pads.some((length, side) => length >= geometry.kernel[(side % 2) as 0 | 1]))
    throw new NotInOnnx('Pads as large as the window.');
  return { shape: info.outShape, geometry };
}

export const poolKernels = [
  kernel<{ x: GraphNode }, PoolAttributes>('MaxPool', ({ x }, attributes) => {
    const { shape, geometry } = poolInfo(x, attributes);
    return cast(createNode(MAX_POOL, [cast(x, 'float32')], geometry, shape, 'float32'), x.dtype);
  }),
  kernel<{ dy: GraphNode; input: GraphNode }, PoolAttributes>('MaxPoolGrad', ({ dy, input }, attributes) => {
    const { geometry } = poolInfo(input, attributes);
    return createNode(MAX_POOL_GRADIENT, [dy, input], geometry, input.shape, 'float32');
  }),
  kernel<{ x: GraphNode }, PoolAttributes>('AvgPool', ({ x }, attributes) => {
    const { shape, geometry } = poolInfo(x, attributes);
    return createNode(AVERAGE_POOL, [cast(x, 'float32')], geometry, shape, 'float32');
  }),
  kernel<{ dy: GraphNode; input: GraphNode }, PoolAttributes>('AvgPoolGrad', ({ dy, input }, attributes) => {
    const { geometry } = poolInfo(input, attributes);
    return createNode(AVERAGE_POOL_GRADIENT, [dy], geometry, input.shape, 'float32');
  }),
];
