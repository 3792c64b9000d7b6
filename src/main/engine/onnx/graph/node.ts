/**
 * @file The recorded graph. A kernel of TensorFlow.js does not compute: it makes nodes. A node is immutable until it is
 * evaluated; then it holds its elements and forgets what it was made from.
 */
import type { Layout } from '../layout';
import type { Lowering } from '../lowering/lowering';
import type { RuntimeTensor } from '../runtime/binding';
import type { NumericType, TypedArray } from '../types';

/** A kind of node. `lower` says which ONNX operators compute it. */
export interface Operation<Attributes> {
  readonly name: string;
  lower(node: GraphNode<Attributes>, to: Lowering): void;
}

/** Elements of a node that has been evaluated, or was written from JavaScript. */
export interface NodeValue {
  /** Elements in the order of `layout`; of a value that lies on the device a copy. */
  readonly data: TypedArray;
  readonly layout: Layout;
  /** The runtime's view of the elements, made when they are first fed to a session. */
  tensor: RuntimeTensor | null;
  /** Whether a session of the runtime produced it; its memory can then be used again. */
  readonly computed: boolean;
  /** Whether a caller holds `data`: then its memory is never used again. */
  exposed: boolean;
  /** Gives up memory of the device; absent for values of the host. */
  release?(): void;
}

let lastId = 0;

export class GraphNode<Attributes = unknown> {
  readonly id = ++lastId;
  value: NodeValue | null = null;
  /** Why it could not be evaluated. */
  failure: Error | null = null;
  /** Data ids of TensorFlow.js that refer to it. */
  references = 0;
  /** Runs that it was fed to unchanged, which tells constants from data. */
  timesFed = 0;
  /** Whether sessions carry its elements inside their model. */
  embedded = false;
  /** This node seen in another shape, by shape. */
  views: Map<string, GraphNode> | null = null;
  /** The part of the structural key that never changes, made on first use. */
  keyPart: string | null = null;

  constructor(
    /** The operation, or null for elements written from JavaScript. */
    readonly operation: Operation<Attributes> | null,
    public inputs: readonly GraphNode[],
    readonly attributes: Attributes,
    readonly shape: readonly number[],
    readonly dtype: NumericType,
  ) {}
}

/** A node of a kind, with the attributes that this kind takes. */
export function createNode<Attributes>(
  operation: Operation<Attributes>,
  inputs: readonly GraphNode[],
  attributes: Attributes,
  shape: readonly number[],
  dtype: NumericType,
): GraphNode {
  return new GraphNode(operation, inputs, attributes, shape, dtype) as GraphNode;
}

/** A node with elements that a session has computed. @param shape logical */
export function createResult(value: NodeValue, shape: readonly number[], dtype: NumericType): GraphNode {
  const node = new GraphNode<unknown>(null, [], null, shape, dtype);
  node.value = value;
  return node;
}

/** A node with elements that JavaScript supplies, in logical order. */
export function createLeaf(data: TypedArray, shape: readonly number[], dtype: NumericType): GraphNode {
  const node = new GraphNode<unknown>(null, [], null, shape, dtype);
  const layout = shape.map((_, axis) => axis);
  node.value = { data, layout, tensor: null, computed: false, exposed: false };
  return node;
}
