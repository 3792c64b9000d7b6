/** @file Normalisation by stored statistics and by an image's own, softmax, and means along axes. */
import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../../engine/tf';
import { type Attributes, axisOf, host, type Inputs, isHost, type Operator } from '../value';

const perChannel = (values: Tensor, rank: number): Tensor =>
  values.reshape([1, -1, ...Array<number>(rank - 2).fill(1)]);

const batchNormalization: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) => inputs.tensor(i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const factor = scale.div(variance.add(attributes.number('epsilon', 1e-5)).sqrt());
  const shift = offset.sub(mean.mul(factor));
  return [x.mul(perChannel(factor, x.rank)).add(perChannel(shift, x.rank))];
};

function standardised(x: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = x.sub(x.mean(axes, true));
  return centred.div(centred.square().mean(axes, true).add(epsilon).sqrt());
}

const layerNormalization: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const first = axisOf(attributes.number('axis', -1), x.rank);
  const axes = Array.from({ length: x.rank - first }, (_, i) => first + i);
  const y = standardised(x, axes, attributes.number('epsilon', 1e-5)).mul(inputs.tensor(1));
  return [inputs.has(2) ? y.add(inputs.tensor(2)) : y];
};

const instanceNormalization: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const axes = Array.from({ length: x.rank - 2 }, (_, i) => i + 2);
  const y = standardised(x, axes, attributes.number('epsilon', 1e-5));
  return [y.mul(perChannel(inputs.tensor(1), x.rank)).add(perChannel(inputs.tensor(2), x.rank))];
};

/** Axes are an attribute, and from opset 13 or 18 an input. */
function axesOf(inputs: Inputs, attributes: Attributes, rank: number): number[] | undefined {
  const given = inputs.has(1) ? inputs.numbers(1) : attributes.numbers('axes');
  return given?.map((axis) => axisOf(axis, rank));
}

const reduction =
  (
    compute: (x: Tensor, axes: number[] | undefined, keep: boolean) => Tensor,
    onNumbers?: (all: number[]) => number,
  ): Operator =>
  (inputs, attributes) => {
    const value = inputs.value(0);
    if (isHost(value)) {
      if (!onNumbers) throw new Error('it reduces a shape in a way we do not know');
      const keep = attributes.number('keepdims', 1) === 1;
      return [host([onNumbers(value.numbers)], keep ? [1] : [])];
    }
    return [compute(value, axesOf(inputs, attributes, value.rank), attributes.number('keepdims', 1) === 1)];
  };

/** Before opset 13 the last axes were flattened from `axis` on; networks use the last axis, where both agree. */
const softmaxOf =
  (compute: (x: Tensor) => Tensor): Operator =>
  (inputs, attributes, { opset }) => {
    const x = inputs.tensor(0);
    const axis = axisOf(attributes.number('axis', opset < 13 ? 1 : -1), x.rank);
    if (axis === x.rank - 1) return [compute(x)];
    if (opset < 13) throw new Error('its axis is not the last one');
    const order = [...Array(x.rank).keys()];
    [order[axis], order[x.rank - 1]] = [order[x.rank - 1]!, order[axis]!];
    return [compute(x.transpose(order)).transpose(order)];
  };

export const normalisationOperators: Record<string, Operator> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  Softmax: softmaxOf((x) => tf.softmax(x)),
  LogSoftmax: softmaxOf((x) => tf.logSoftmax(x)),
  ReduceMean: reduction((x, axes, keep) => x.mean(axes, keep)),
  ReduceSum: reduction(
    (x, axes, keep) => x.sum(axes, keep),
    (all) => all.reduce((a, b) => a + b, 0),
  ),
  ReduceMax: reduction(
    (x, axes, keep) => x.max(axes, keep),
    (all) => Math.max(...all),
  ),
  ReduceProd: reduction(
    (x, axes, keep) => x.prod(axes, keep),
    (all) => all.reduce((a, b) => a * b, 1),
  ),
  ReduceL2: reduction((x, axes, keep) => x.square().sum(axes, keep).sqrt()),
};
