/** @file Element-wise kernels of one tensor. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import type { Lowering } from '../lowering/lowering';
import type { NumericType } from '../types';
import { apply, elementwise, operator } from './elementwise';
import { kernel } from './kernel';
import { cast } from './shapes';

/** Kernels that are one ONNX operator on floats. */
const FLOAT_OPERATORS: Readonly<Record<string, string>> = {
  Exp: 'Exp',
  Log: 'Log',
  Sqrt: 'Sqrt',
  Sigmoid: 'Sigmoid',
  Softplus: 'Softplus',
  Tanh: 'Tanh',
  Reciprocal: 'Reciprocal',
  Sin: 'Sin',
  Cos: 'Cos',
  Tan: 'Tan',
  Asin: 'Asin',
  Acos: 'Acos',
  Atan: 'Atan',
  Sinh: 'Sinh',
  Cosh: 'Cosh',
  Asinh: 'Asinh',
  Acosh: 'Acosh',
  Atanh: 'Atanh',
  Erf: 'Erf',
};

/** Those that keep whole numbers whole. */
const NUMBER_OPERATORS: Readonly<Record<string, string>> = { Neg: 'Neg', Abs: 'Abs' };

/** Those that leave whole numbers as they are. */
const ROUNDINGS: Readonly<Record<string, string>> = { Floor: 'Floor', Ceil: 'Ceil', Round: 'Round' };

interface X {
  x: GraphNode;
}

export const RELU = operator('Relu');
export const SIGMOID = operator('Sigmoid');
const SQUARE = elementwise('Square', (to, [x]) => to.emit('Mul', [x!, x!]));
const RSQRT = elementwise('Rsqrt', (to, [x]) => to.emit('Reciprocal', [to.emit('Sqrt', [x!])]));
const LOG1P = elementwise('Log1p', (to, [x]) => to.emit('Log', [to.emit('Add', [x!, to.float(1)])]));
const EXPM1 = elementwise('Expm1', (to, [x]) => to.emit('Sub', [to.emit('Exp', [x!]), to.float(1)]));
export const ELU = elementwise('Elu', (to, [x]) => to.emit('Elu', [x!], { alpha: { float: 1 } }));
export const LEAKY_RELU = elementwise<{ alpha: number }>('LeakyRelu', (to, [x], { attributes }) =>
  to.emit('LeakyRelu', [x!], { alpha: { float: attributes.alpha } }),
);
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const SELU = elementwise('Selu', (to, [x]) =>
  to.emit('Selu', [x!], { alpha: { float: SELU_ALPHA }, gamma: { float: SELU_SCALE } }),
);
export const CLIP = elementwise<{ min: number; max: number }>('ClipByValue', (to, [x], node) => {
  const { min, max } = node.attributes;
  return to.emit('Clip', [x!, to.scalar(node.dtype, min), to.scalar(node.dtype, max)]);
});
/** 0 where x is not a number. */
const SIGN = elementwise('Sign', (to, [x], { dtype }) => {
  const zero = to.scalar(dtype, 0);
  const [above, below] = ['Greater', 'Less'].map((op) => to.cast(to.emit(op, [x!, zero]), dtype));
  return to.emit('Sub', [above!, below!]);
});
const IS_FINITE = elementwise('IsFinite', (to, [x]) =>
  to.emit('Not', [to.emit('Or', [to.emit('IsNaN', [x!]), to.emit('IsInf', [x!])])]),
);

/**
 * 1 where x > 0, else alpha. It is ReLU's gradient: where relu(x) is computed anyway, that is looked at instead, so that
 * x need not be kept and the runtime can fuse the convolution that made it with the ReLU.
 */
const STEP: Operation<StepAttributes> = {
  name: 'Step',
  lower(node, to) {
    const x = node.inputs[0]!;
    const relu = to.rectifiedOf(x);
    const operands = to.operands([relu ?? x], node.shape.length);
    const [name] = operands.names as [string];
    const result = node.attributes.alpha
      ? leakyStep(to, name, node as GraphNode<StepAttributes>)
      : step(to, name, node.dtype);
    to.defineElementwise(node as GraphNode, result, operands);
  },
};

interface StepAttributes {
  alpha: number;
}

/** A hard sigmoid steep enough is the step function, in one operator: min(1, max(0, 3e38 x)). */
function step(to: Lowering, x: string, dtype: NumericType): string {
  if (dtype !== 'float32') return to.emit('Sign', [to.emit('Relu', [x])]);
  return to.emit('HardSigmoid', [x], { alpha: { float: 3e38 }, beta: { float: 0 } });
}

function leakyStep(to: Lowering, x: string, { dtype, attributes }: GraphNode<StepAttributes>): string {
  const positive = to.emit('Greater', [x, to.scalar(dtype, 0)]);
  const chosen = to.emit('Where', [positive, to.scalar(dtype, 1), to.scalar(dtype, attributes.alpha)]);
  return dtype === 'float32' ? to.emit('Where', [to.emit('IsNaN', [x]), x, chosen]) : chosen;
}

const float = (name: string, operation: Operation<null>) =>
  kernel<X>(name, ({ x }) => apply(operation, [cast(x, 'float32')], null, 'float32'));
const number = (name: string, operation: Operation<null>) =>
  kernel<X>(name, ({ x }) => {
    const y = x.dtype === 'bool' ? cast(x, 'int32') : x;
    return apply(operation, [y], null, y.dtype);
  });

export const unaryKernels = [
  ...Object.entries(FLOAT_OPERATORS).map(([name, op]) => float(name, operator(name, op))),
  ...Object.entries(NUMBER_OPERATORS).map(([name, op]) => number(name, operator(name, op))),
  ...Object.entries(ROUNDINGS).map(([name, op]) =>
    kernel<X>(name, ({ x }) => (x.dtype === 'float32' ? apply(operator(name, op), [x], null, x.dtype) : x)),
  ),
  number('Relu', RELU),
  number('Sign', SIGN),
  number('Square', SQUARE),
  float('Rsqrt', RSQRT),
  float('Log1p', LOG1P),
  float('Expm1', EXPM1),
  float('Elu', ELU),
  float('Selu', SELU),
  kernel<X, { alpha: number }>('LeakyRelu', ({ x }, { alpha }) =>
    apply(LEAKY_RELU, [cast(x, 'float32')], { alpha }, 'float32'),
  ),
  kernel<X>('Relu6', ({ x }) => apply(CLIP, [x], { min: 0, max: 6 }, x.dtype)),
  kernel<X, { clipValueMin: number; clipValueMax: number }>(
    'ClipByValue',
    ({ x }, { clipValueMin: min, clipValueMax: max }) => apply(CLIP, [x], { min, max }, x.dtype),
  ),
  kernel<X, { alpha?: number }>('Step', ({ x }, { alpha }) =>
    createNode(STEP, [x], { alpha: alpha ?? 0 }, x.shape, x.dtype),
  ),
  kernel<X>('LogicalNot', ({ x }) => apply(operator('LogicalNot', 'Not'), [cast(x, 'bool')], null, 'bool')),
  kernel<X>('IsNan', ({ x }) => apply(operator('IsNan', 'IsNaN'), [cast(x, 'float32')], null, 'bool')),
  kernel<X>('IsInf', ({ x }) => apply(operator('IsInf', 'IsInf'), [cast(x, 'float32')], null, 'bool')),
  kernel<X>('IsFinite', ({ x }) => apply(IS_FINITE, [cast(x, 'float32')], null, 'bool')),
];
