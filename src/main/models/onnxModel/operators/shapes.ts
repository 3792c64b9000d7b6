/** @file Operators that move values, and those that compute where they go. */
import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../../engine/tf';
import {
  type Attributes,
  asTensor,
  axisOf,
  host,
  type Inputs,
  isHost,
  type Operator,
  sizeOf,
  type Value,
} from '../value';

const shapeOf = (value: Value): number[] => value.shape;

function reshaped(value: Value, shape: number[]): Value {
  if (!isHost(value)) return value.reshape(shape);
  const known = shape.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  return host(
    value.numbers,
    shape.map((size) => (size === -1 ? value.numbers.length / known : size)),
  );
}

const reshape: Operator = (inputs) => {
  const x = inputs.value(0);
  // 0 keeps the size of that axis.
  return [
    reshaped(
      x,
      inputs.numbers(1).map((size, axis) => (size === 0 ? shapeOf(x)[axis]! : size)),
    ),
  ];
};

const flatten: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  const axis = axisOf(attributes.number('axis', 1), x.rank);
  return [x.reshape([x.shape.slice(0, axis).reduce((a, b) => a * b, 1), -1])];
};

/** From opset 13 on an input, before an attribute. */
const listOf = (inputs: Inputs, attributes: Attributes, index: number, name: string): number[] | undefined =>
  inputs.has(index) ? inputs.numbers(index) : attributes.numbers(name);

const squeeze: Operator = (inputs, attributes) => {
  const x = inputs.value(0);
  const shape = shapeOf(x);
  const axes = listOf(inputs, attributes, 1, 'axes')?.map((axis) => axisOf(axis, shape.length));
  return [
    reshaped(
      x,
      shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
    ),
  ];
};

const unsqueeze: Operator = (inputs, attributes) => {
  const x = inputs.value(0);
  const axes = listOf(inputs, attributes, 1, 'axes') ?? [];
  const rank = shapeOf(x).length + axes.length;
  const ones = new Set(axes.map((axis) => axisOf(axis, rank)));
  const left = [...shapeOf(x)];
  return [
    reshaped(
      x,
      Array.from({ length: rank }, (_, axis) => (ones.has(axis) ? 1 : left.shift()!)),
    ),
  ];
};

const concat: Operator = (inputs, attributes) => {
  const all = inputs.all();
  if (all.every(isHost)) return [host(all.flatMap(({ numbers }) => numbers))];
  const tensors = all.map(asTensor);
  return [tf.concat(tensors, axisOf(attributes.number('axis', 0), tensors[0]!.rank))];
};

/** Bounds are clamped to the axis, and count from its end where they are negative. */
const slice: Operator = (inputs, attributes) => {
  const x = inputs.value(0);
  const shape = shapeOf(x);
  const starts = listOf(inputs, attributes, 1, 'starts')!;
  const ends = listOf(inputs, attributes, 2, 'ends')!;
  const axes = listOf(inputs, attributes, 3, 'axes') ?? starts.map((_, i) => i);
  const steps = inputs.has(4) ? inputs.numbers(4) : starts.map(() => 1);
  const begin = shape.map(() => 0);
  const end = [...shape];
  const stride = shape.map(() => 1);
  axes.forEach((given, i) => {
    const axis = axisOf(given, shape.length);
    const inside = (bound: number) =>
      Math.min(Math.max(bound < 0 ? bound + shape[axis]! : bound, 0), shape[axis]!);
    if (steps[i]! < 1) throw new Error('it walks backwards');
    [begin[axis], end[axis], stride[axis]] = [inside(starts[i]!), inside(ends[i]!), steps[i]!];
  });
  if (isHost(x))
    return [
      host(x.numbers.filter((_, i) => i >= begin[0]! && i < end[0]! && (i - begin[0]!) % stride[0]! === 0)),
    ];
  if (stride.every((step) => step === 1))
    return [
      x.slice(
        begin,
        begin.map((from, axis) => end[axis]! - from),
      ),
    ];
  return [x.stridedSlice(begin, end, stride)];
};

const split: Operator = (inputs, attributes, { outputs }) => {
  const x = inputs.tensor(0);
  const axis = axisOf(attributes.number('axis', 0), x.rank);
  const size = x.shape[axis]!;
  const given = listOf(inputs, attributes, 1, 'split');
  const each = Math.ceil(size / outputs);
  const even = Array.from({ length: outputs }, (_, i) => Math.min(each, size - i * each));
  return tf.split(x, given ?? even, axis);
};

const gather: Operator = (inputs, attributes) => {
  const x = inputs.value(0);
  const shape = shapeOf(x);
  const axis = axisOf(attributes.number('axis', 0), shape.length);
  const indices = inputs.value(1);
  if (!isHost(indices)) throw new Error('it looks values up by indices that depend on the image');
  const places = indices.numbers.map((index) => axisOf(index, shape[axis]!));
  if (isHost(x))
    return [
      host(
        places.map((place) => x.numbers[place]!),
        indices.shape,
      ),
    ];
  const found = tf.gather(x, tf.tensor1d(places, 'int32'), axis);
  return [found.reshape([...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)])];
};

/** Both shapes are aligned at their ends. */
const expand: Operator = (inputs) => {
  const x = inputs.value(0);
  const wanted = inputs.numbers(1);
  const rank = Math.max(wanted.length, shapeOf(x).length);
  const filled = (shape: number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [from, to] = [filled(shapeOf(x)), filled(wanted)];
  const shape = from.map((size, axis) => Math.max(size, to[axis]!));
  if (isHost(x) && x.numbers.length === 1)
    return [host(Array<number>(sizeOf(shape)).fill(x.numbers[0]!), shape)];
  sizeOf(shape);
  return [tf.broadcastTo(asTensor(x).reshape(from), shape)];
};

const transpose: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  return [x.transpose(attributes.numbers('perm') ?? [...Array(x.rank).keys()].reverse())];
};

const pad: Operator = (inputs, attributes) => {
  const x = inputs.tensor(0);
  if (attributes.text('mode', 'constant') !== 'constant') throw new Error('it repeats the border');
  const amounts = listOf(inputs, attributes, 1, 'pads')!;
  sizeOf(x.shape.map((size, axis) => size + amounts[axis]! + amounts[axis + x.rank]!));
  const fill = inputs.has(2) ? inputs.tensor(2).dataSync()[0]! : attributes.number('value', 0);
  return [
    tf.pad(
      x,
      x.shape.map((_, axis): [number, number] => [amounts[axis]!, amounts[axis + x.rank]!]),
      fill,
    ) as Tensor,
  ];
};

const range: Operator = (inputs) => {
  const [start, limit, step] = [0, 1, 2].map((i) => inputs.numbers(i)[0]!) as [number, number, number];
  const count = sizeOf([Math.max(Math.ceil((limit - start) / step), 0)]);
  return [host(Array.from({ length: count }, (_, i) => start + i * step))];
};

export const shapeOperators: Record<string, Operator> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
  Expand: expand,
  Transpose: transpose,
  Pad: pad,
  Range: range,
  Shape: (inputs, attributes) => {
    const shape = shapeOf(inputs.value(0));
    const [start, end] = [attributes.number('start', 0), attributes.number('end', shape.length)];
    return [host(shape.slice(start, end))];
  },
  ConstantOfShape: (inputs, attributes) => {
    const shape = inputs.numbers(0);
    const value = attributes.numbers('value')?.[0] ?? 0;
    return [host(Array<number>(sizeOf(shape)).fill(value), shape)];
  },
};
