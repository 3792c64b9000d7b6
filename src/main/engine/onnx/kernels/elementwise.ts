/** @file How element-wise operations are recorded and lowered; the kernels are in unary.ts and binary.ts. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import type { Lowering } from '../lowering/lowering';
import { backendUtil } from '../tfjs';
import type { NumericType } from '../types';

/** ONNX operators for one node. @param names of the operands @returns the result's name */
type Emit<Attributes> = (to: Lowering, names: string[], node: GraphNode<Attributes>) => string;

/** An operation on elements: layouts and broadcasting are the same for all of them. */
export function elementwise<Attributes = null>(name: string, emit: Emit<Attributes>): Operation<Attributes> {
  return {
    name,
    lower(node, to) {
      const operands = to.operands(node.inputs, node.shape.length);
      to.defineElementwise(node as GraphNode, emit(to, operands.names, node), operands);
    },
  };
}

/** The operation that is one ONNX operator. */
export function operator(name: string, op = name): Operation<null> {
  return elementwise(name, (to, names) => to.emit(op, names));
}

/** Records it for operands that are broadcast against each other. */
export function apply<Attributes>(
  operation: Operation<Attributes>,
  inputs: readonly GraphNode[],
  attributes: Attributes,
  dtype: NumericType,
): GraphNode {
  const shape = inputs
    .map((input) => [...input.shape])
    .reduce((a, b) => backendUtil.assertAndGetBroadcastShape(a, b));
  return createNode(operation, inputs, attributes, shape, dtype);
}
