/** @file How a kernel of TensorFlow.js is defined here: nodes in, nodes out. */
import type { GraphNode } from '../graph/node';

/** Inputs by TensorFlow.js' names, "0", "1", ... for kernels that take a list; missing optional ones are absent. */
export type NodeInputs = Readonly<Record<string, GraphNode>>;

/** Thrown by a kernel whose arguments ONNX has no operators for; TensorFlow.js' cpu kernel then runs instead. */
export class NotInOnnx extends Error {}

export interface KernelDefinition {
  readonly name: string;
  record(inputs: NodeInputs, attributes: unknown): GraphNode | GraphNode[];
}

/** Records the kernel `name` of TensorFlow.js, whose inputs and attributes have the types given. */
export function kernel<Inputs, Attributes = unknown>(
  name: string,
  record: (inputs: Inputs, attributes: Attributes) => GraphNode | GraphNode[],
): KernelDefinition {
  return {
    name,
    record: (inputs, attributes) => record(inputs as Inputs, (attributes ?? {}) as Attributes),
  };
}
