/** @file Softmax, log-softmax, batch normalisation and cumulative sums. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { NCHW } from '../layout';
import { apply, elementwise } from './elementwise';
import { kernel } from './kernel';
import { cast, fill } from './shapes';

interface Along {
  axis: number;
}

function alongAxis(name: string): Operation<Along> {
  return {
    name,
    lower(node, to) {
      const { name: x, layout } = to.stored(node.inputs[0]!);
      to.define(
        node as GraphNode,
        to.emit(name, [x], { axis: layout.indexOf(node.attributes.axis) }),
        layout,
      );
    },
  };
}

const SOFTMAX = alongAxis('Softmax');
const LOG_SOFTMAX = alongAxis('LogSoftmax');

function normalised(operation: Operation<Along>, logits: GraphNode, axis: number): GraphNode {
  const along = axis < 0 ? axis + logits.shape.length : axis;
  return createNode(operation, [cast(logits, 'float32')], { axis: along }, logits.shape, 'float32');
}

/** Images with one mean, variance, offset and scale a channel. */
const BATCH_NORM: Operation<{ epsilon: number }> = {
  name: 'FusedBatchNorm',
  lower(node, to) {
    const [x, mean, variance, offset, scale] = node.inputs as GraphNode[];
    const vectors = [scale!, offset!, mean!, variance!].map((vector) => to.logical(vector));
    const epsilon = { float: node.attributes.epsilon };
    const y = to.emit('BatchNormalization', [to.inLayout(x!, NCHW), ...vectors], { epsilon });
    to.define(node as GraphNode, y, NCHW);
  },
};

/** The same for statistics of any shape that broadcasts: (x - mean) scale / sqrt(variance + epsilon) + offset. */
const BROADCAST_NORM = elementwise<{ epsilon: number }>('FusedBatchNorm', (to, names, { attributes }) => {
  const [x, mean, variance, offset, scale] = names as [string, string, string, string, string];
  const deviation = to.emit('Sqrt', [to.emit('Add', [variance, to.float(attributes.epsilon)])]);
  const factor = to.emit('Div', [scale, deviation]);
  return to.emit('Add', [to.emit('Mul', [to.emit('Sub', [x, mean]), factor]), offset]);
});

interface BatchNormInputs {
  x: GraphNode;
  mean: GraphNode;
  variance: GraphNode;
  offset?: GraphNode;
  scale?: GraphNode;
}

interface CumulativeAttributes {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

const CUMULATIVE_SUM: Operation<CumulativeAttributes> = {
  name: 'Cumsum',
  lower(node, to) {
    const { axis, exclusive, reverse } = node.attributes;
    const { name, layout } = to.stored(node.inputs[0]!);
    const position = to.reshape(to.integers([layout.indexOf(axis)]), []);
    const flags = { exclusive: Number(exclusive), reverse: Number(reverse) };
    to.define(node as GraphNode, to.emit('CumSum', [name, position], flags), layout);
  },
};

export const normaliseKernels = [
  kernel<{ logits: GraphNode }, { dim: number }>('Softmax', ({ logits }, { dim }) =>
    normalised(SOFTMAX, logits, dim),
  ),
  kernel<{ logits: GraphNode }, { axis: number }>('LogSoftmax', ({ logits }, { axis }) =>
    normalised(LOG_SOFTMAX, logits, axis),
  ),
  kernel<BatchNormInputs, { varianceEpsilon: number }>(
    'FusedBatchNorm',
    ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
      const zero = offset ?? fill(0, mean.shape, 'float32');
      const one = scale ?? fill(1, mean.shape, 'float32');
      const inputs = [x, mean, variance, zero, one];
      const attributes = { epsilon: varianceEpsilon };
      const perChannel = x.shape.length === 4 && inputs.slice(1).every(({ shape }) => shape.length === 1);
      if (perChannel) return createNode(BATCH_NORM, inputs, attributes, x.shape, 'float32');
      return apply(BROADCAST_NORM, inputs, attributes, 'float32');
    },
  ),
  kernel<{ x: GraphNode }, CumulativeAttributes>('Cumsum', ({ x }, { axis, exclusive, reverse }) => {
    const along = axis < 0 ? axis + x.shape.length : axis;
    const y = x.dtype === 'bool' ? cast(x, 'int32') : x;
    return createNode(CUMULATIVE_SUM, [y], { axis: along, exclusive, reverse }, x.shape, y.dtype);
  }),
];
