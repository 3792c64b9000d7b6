/**
 * @file Which leaves are weights that stay as they are. Inside the model they let ONNX Runtime pack convolution filters
 * once: a quarter faster than feeding them at every run. Only operands that are weights by their place are considered;
 * batches that happen to be fed again must not make a session of their own.
 */
import { sizeOf } from '../types';
import type { GraphNode } from './node';

/** Elements written from JavaScript and fed so often are constants. */
const FEEDS_IF_WRITTEN = 2;
/** Computed ones may be weights in training, which a few batches of evaluation see unchanged. */
const FEEDS_IF_COMPUTED = 8;
/** Below this many elements there is nothing to gain. */
const SMALLEST = 8;

/** The inputs of each operation that are weights. */
const WEIGHT_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Conv2D: [1],
  Conv2DBackpropInput: [1],
  DepthwiseConv2dNative: [1],
  DepthwiseConv2dNativeBackpropInput: [1],
  BatchMatMul: [1],
  FusedBatchNorm: [1, 2, 3, 4],
};

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2dNative']);
const MOVES = new Set(['Reshape', 'Transpose']);

/** Marks the leaves of a graph that its session shall carry. */
export function markEmbedded(order: readonly GraphNode[]): void {
  for (const node of order) {
    if (node.value || !node.operation) continue;
    for (const index of weightInputs(node)) {
      const leaf = node.inputs[index] && behindMoves(node.inputs[index]);
      if (leaf?.value && !leaf.embedded && isConstant(leaf)) leaf.embedded = true;
    }
  }
}

function weightInputs(node: GraphNode): readonly number[] {
  const { name } = node.operation!;
  if (name !== 'Add') return WEIGHT_INPUTS[name] ?? [];
  const isBias =
    CONVOLUTIONS.has(node.inputs[0]!.operation?.name ?? '') && node.inputs[1]!.shape.length === 1;
  return isBias ? [1] : [];
}

function behindMoves(node: GraphNode): GraphNode {
  let leaf = node;
  while (!leaf.value && MOVES.has(leaf.operation!.name)) leaf = leaf.inputs[0]!;
  return leaf;
}

function isConstant(leaf: GraphNode): boolean {
  const needed = leaf.value!.computed ? FEEDS_IF_COMPUTED : FEEDS_IF_WRITTEN;
  return leaf.timesFed >= needed && sizeOf(leaf.shape) >= SMALLEST;
}
