/** @file Element-wise kernels of two or more tensors, with broadcasting and TensorFlow.js' type promotion. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { upcastType } from '../tfjs';
import type { NumericType } from '../types';
import { apply, elementwise, operator } from './elementwise';
import { kernel } from './kernel';
import { cast, reshape } from './shapes';

interface Operands {
  a: GraphNode;
  b: GraphNode;
}

/** Addition becomes the bias of the convolution before it where it can. */
export const ADD: Operation<null> = {
  name: 'Add',
  lower(node, to) {
    const [a, b] = node.inputs as [GraphNode, GraphNode];
    if (to.foldBias(node as GraphNode, a, b) || to.foldBias(node as GraphNode, b, a)) return;
    const operands = to.operands(node.inputs, node.shape.length);
    to.defineElementwise(node as GraphNode, to.emit('Add', operands.names), operands);
  },
};
export const SUB = operator('Sub');
export const MULTIPLY = operator('Multiply', 'Mul');
export const DIVIDE = operator('RealDiv', 'Div');
export const GREATER = operator('Greater');
export const GREATER_EQUAL = operator('GreaterEqual', 'GreaterOrEqual');

/** x - y floor(x / y), as JavaScript's remainder follows the dividend's sign and this one the divisor's. */
const FLOOR_MOD = elementwise('Mod', (to, [a, b]) =>
  to.emit('Sub', [a!, to.emit('Mul', [b!, to.emit('Floor', [to.emit('Div', [a!, b!])])])]),
);
const SQUARED_DIFFERENCE = elementwise('SquaredDifference', (to, [a, b]) => {
  const difference = to.emit('Sub', [a!, b!]);
  return to.emit('Mul', [difference, difference]);
});
const FLOOR_DIVIDE = elementwise('FloorDiv', (to, [a, b], { dtype }) => {
  if (dtype === 'float32') return to.emit('Floor', [to.emit('Div', [a!, b!])]);
  const quotient = to.emit('Div', [to.cast(a!, 'float32'), to.cast(b!, 'float32')]);
  return to.cast(to.emit('Floor', [quotient]), dtype);
});
const POWER = elementwise('Pow', (to, [a, b]) => to.emit('Pow', [a!, b!]));
const NOT_EQUAL = elementwise('NotEqual', (to, [a, b]) => to.emit('Not', [to.emit('Equal', [a!, b!])]));
const DIVIDE_NO_NAN = elementwise('DivNoNan', (to, [a, b]) =>
  to.emit('Where', [to.emit('Equal', [b!, to.float(0)]), to.float(0), to.emit('Div', [a!, b!])]),
);
export const PRELU = elementwise('Prelu', (to, [x, alpha]) =>
  to.emit('Where', [to.emit('Less', [x!, to.float(0)]), to.emit('Mul', [x!, alpha!]), x!]),
);
const ELU_GRADIENT = elementwise('EluGrad', (to, [dy, y]) =>
  to.emit('Where', [
    to.emit('GreaterOrEqual', [y!, to.float(0)]),
    dy!,
    to.emit('Mul', [dy!, to.emit('Add', [y!, to.float(1)])]),
  ]),
);
/** ONNX has no choice between booleans. */
const SELECT = elementwise('Select', (to, [condition, a, b], { dtype }) => {
  if (dtype !== 'bool') return to.emit('Where', [condition!, a!, b!]);
  const either = to.emit('Where', [condition!, to.cast(a!, 'int32'), to.cast(b!, 'int32')]);
  return to.cast(either, 'bool');
});
/** Not `Sum`, which ONNX has for floats only. */
const ADD_N = elementwise('AddN', (to, names) => names.reduce((sum, name) => to.emit('Add', [sum, name])));

/** ONNX Runtime's Max and Min return either operand if one is not a number; TensorFlow.js returns that one. */
function extremum(name: string, op: 'Max' | 'Min'): Operation<null> {
  return elementwise(name, (to, names) => to.emit(op, names));
}

/** Operands of one type; booleans count as whole numbers where `arithmetic`. */
function promote({ a, b }: Operands, arithmetic: boolean): [GraphNode, GraphNode] {
  let dtype = upcastType(a.dtype, b.dtype) as NumericType;
  if (dtype === 'bool' && arithmetic) dtype = 'int32';
  return [cast(a, dtype), cast(b, dtype)];
}

const arithmetic = (name: string, operation: Operation<null>) =>
  kernel<Operands>(name, (operands) => {
    const [a, b] = promote(operands, true);
    return apply(operation, [a, b], null, a.dtype);
  });
const comparison = (name: string, operation: Operation<null>) =>
  kernel<Operands>(name, (operands) => apply(operation, promote(operands, true), null, 'bool'));
const logical = (name: string, op: string) =>
  kernel<Operands>(name, ({ a, b }) =>
    apply(operator(name, op), [cast(a, 'bool'), cast(b, 'bool')], null, 'bool'),
  );

export const binaryKernels = [
  arithmetic('Add', ADD),
  arithmetic('Sub', SUB),
  arithmetic('Multiply', MULTIPLY),
  arithmetic('Pow', POWER),
  arithmetic('Maximum', extremum('Maximum', 'Max')),
  arithmetic('Minimum', extremum('Minimum', 'Min')),
  arithmetic('SquaredDifference', SQUARED_DIFFERENCE),
  arithmetic('FloorDiv', FLOOR_DIVIDE),
  kernel<Operands>('RealDiv', ({ a, b }) =>
    apply(DIVIDE, [cast(a, 'float32'), cast(b, 'float32')], null, 'float32'),
  ),
  kernel<Operands>('Mod', (operands) => {
    const [a, b] = promote(operands, true);
    const modulo = apply(FLOOR_MOD, [cast(a, 'float32'), cast(b, 'float32')], null, 'float32');
    return cast(modulo, a.dtype);
  }),
  kernel<Operands>('DivNoNan', ({ a, b }) =>
    apply(DIVIDE_NO_NAN, [cast(a, 'float32'), cast(b, 'float32')], null, 'float32'),
  ),
  comparison('Greater', GREATER),
  comparison('GreaterEqual', GREATER_EQUAL),
  comparison('Less', operator('Less')),
  comparison('LessEqual', operator('LessEqual', 'LessOrEqual')),
  comparison('Equal', operator('Equal')),
  comparison('NotEqual', NOT_EQUAL),
  logical('LogicalAnd', 'And'),
  logical('LogicalOr', 'Or'),
  logical('LogicalXor', 'Xor'),
  kernel<{ x: GraphNode; alpha: GraphNode }>('Prelu', ({ x, alpha }) =>
    apply(PRELU, [cast(x, 'float32'), cast(alpha, 'float32')], null, 'float32'),
  ),
  kernel<{ dy: GraphNode; y: GraphNode }>('EluGrad', ({ dy, y }) =>
    apply(ELU_GRADIENT, [dy, y], null, 'float32'),
  ),
  kernel<{ condition: GraphNode; t: GraphNode; e: GraphNode }>('Select', ({ condition, t, e }) => {
    const dtype = upcastType(t.dtype, e.dtype) as NumericType;
    // A vector of conditions chooses whole rows.
    const missing = condition.shape.length === 0 ? 0 : t.shape.length - condition.shape.length;
    const wide = reshape(condition, [...condition.shape, ...new Array<number>(missing).fill(1)]);
    return apply(SELECT, [cast(wide, 'bool'), cast(t, dtype), cast(e, dtype)], null, dtype);
  }),
  kernel<Record<string, GraphNode>>('AddN', (list) => {
    const terms = Object.values(list);
    if (terms.length === 1) return terms[0]!;
    return createNode(ADD_N, terms, null, terms[0]!.shape, terms[0]!.dtype);
  }),
];
