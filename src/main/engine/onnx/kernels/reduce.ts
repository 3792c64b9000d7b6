/** @file Reductions over axes, and the extremum's place along one. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import type { Layout } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { backendUtil, util } from '../tfjs';
import type { NumericType } from '../types';
import { kernel } from './kernel';
import { cast } from './shapes';

interface ReduceAttributes {
  axes: readonly number[];
  keepDims: boolean;
}

function reduction(name: string, op: string): Operation<ReduceAttributes> {
  return {
    name,
    lower(node, to) {
      const { axes, keepDims } = node.attributes;
      const { name: x, layout } = to.stored(node.inputs[0]!);
      const positions = axes.map((axis) => layout.indexOf(axis)).sort((a, b) => a - b);
      const keepdims = keepDims ? 1 : 0;
      let result = x;
      if (op === 'ReduceSum' && axes.length > 0)
        result = to.emit(op, [x, to.integers(positions)], { keepdims });
      else if (axes.length > 0) result = to.emit(op, [x], { axes: positions, keepdims });
      if (EXTREMA.has(op) && node.dtype === 'float32' && axes.length > 0)
        result = to.emit('Where', [anyNan(to, x, positions, keepdims), to.float(Number.NaN), result]);
      to.define(node as GraphNode, result, keepDims ? layout : remaining(layout, axes));
    },
  };
}

/** ONNX Runtime's extrema pass over what is not a number; in TensorFlow.js it is the result. */
const EXTREMA = new Set(['ReduceMax', 'ReduceMin']);

function anyNan(to: Lowering, x: string, axes: readonly number[], keepdims: number): string {
  const found = to.cast(to.emit('IsNaN', [x]), 'float32');
  return to.cast(to.emit('ReduceMax', [found], { axes, keepdims }), 'bool');
}

/** The layout of the axes that a reduction leaves. */
function remaining(layout: Layout, reduced: readonly number[]): number[] {
  const kept = layout.filter((axis) => !reduced.includes(axis));
  return kept.map((axis) => kept.filter((other) => other < axis).length);
}

export const SUM = reduction('Sum', 'ReduceSum');
const MEAN = reduction('Mean', 'ReduceMean');
const MAX = reduction('Max', 'ReduceMax');
const MIN = reduction('Min', 'ReduceMin');
const PROD = reduction('Prod', 'ReduceProd');

export function reduce(
  operation: Operation<ReduceAttributes>,
  x: GraphNode,
  axes: readonly number[],
  keepDims: boolean,
): GraphNode {
  const [shape] = backendUtil.computeOutAndReduceShapes([...x.shape], [...axes]);
  const full = keepDims ? backendUtil.expandShapeToKeepDim(shape, [...axes]) : shape;
  return createNode(operation, [x], { axes, keepDims }, full, x.dtype);
}

interface X {
  x: GraphNode;
}
interface Axes {
  axis?: number | number[];
  /** `Max` alone names its axes so. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

const reducing = (
  name: string,
  operation: Operation<ReduceAttributes>,
  computedIn: (dtype: NumericType) => NumericType,
  result: (dtype: NumericType) => NumericType = computedIn,
) =>
  kernel<X, Axes>(name, ({ x }, { axis, reductionIndices, keepDims }) => {
    const axes = util.parseAxisParam(reductionIndices ?? axis ?? null!, [...x.shape]);
    const reduced = reduce(operation, cast(x, computedIn(x.dtype)), axes, keepDims ?? false);
    return cast(reduced, result(x.dtype));
  });

const countable = (dtype: NumericType): NumericType => (dtype === 'bool' ? 'int32' : dtype);

function extremumPlace(name: 'ArgMax' | 'ArgMin'): Operation<{ axis: number }> {
  const worst = name === 'ArgMax' ? -Infinity : Infinity;
  return {
    name,
    lower(node, to) {
      const { name: x, layout } = to.stored(node.inputs[0]!);
      const { axis } = node.attributes;
      const place = to.emit(name, [withoutNan(to, x, node.inputs[0]!, worst)], {
        axis: layout.indexOf(axis),
        keepdims: 0,
      });
      to.define(node as GraphNode, to.cast(place, 'int32'), remaining(layout, [axis]));
    },
  };
}

/** TensorFlow.js passes over what is not a number. */
function withoutNan(to: Lowering, name: string, { dtype }: GraphNode, worst: number): string {
  if (dtype !== 'float32') return name;
  return to.emit('Where', [to.emit('IsNaN', [name]), to.float(worst), name]);
}

const locating = (name: 'ArgMax' | 'ArgMin') => {
  const operation = extremumPlace(name);
  return kernel<X, { axis: number | number[] }>(name, ({ x }, { axis }) => {
    const [along] = util.parseAxisParam(axis, [...x.shape]) as [number];
    const shape = x.shape.filter((_, index) => index !== along);
    return createNode(operation, [cast(x, countable(x.dtype))], { axis: along }, shape, 'int32');
  });
};

export const reduceKernels = [
  reducing('Sum', SUM, countable),
  reducing('Mean', MEAN, () => 'float32'),
  reducing('Max', MAX, countable),
  reducing('Min', MIN, countable),
  reducing('Prod', PROD, countable),
  reducing(
    'All',
    MIN,
    () => 'int32',
    () => 'bool',
  ),
  reducing(
    'Any',
    MAX,
    () => 'int32',
    () => 'bool',
  ),
  locating('ArgMax'),
  locating('ArgMin'),
];
