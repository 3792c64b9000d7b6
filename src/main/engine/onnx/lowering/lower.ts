import { encodeModel, type OnnxValue } from '../encoding/model';
import { messageOf, OnnxEngineError } from '../errors';
import type { GraphNode } from '../graph/node';
import { type Layout, physicalShape } from '../layout';
import { type NumericType, type OnnxDevice, sizeOf } from '../types';
import { Lowering } from './lowering';

/** A result of a model: its name there, and how its elements are stored. */
export interface ModelOutput {
  name: string;
  dtype: NumericType;
  layout: Layout;
  /** Physical. */
  shape: number[];
}

export interface LoweredModel {
  model: Uint8Array;
  /** The name of each leaf's input, by its place in the order, and its layout; embedded and unused leaves have none. */
  inputs: { position: number; name: string; layout: Layout }[];
  outputs: ModelOutput[];
  /** Operators in the model. */
  size: number;
  /** The most that results of its operations take at one time. */
  workingBytes: number;
}

/**
 * Translates a graph to an ONNX model.
 * @param order inputs before users @param outputs nodes of `order` that are wanted
 * @throws OnnxEngineError naming the kernel and shapes that could not be translated
 */
export function lowerGraph(
  order: readonly GraphNode[],
  outputs: readonly GraphNode[],
  device: OnnxDevice,
): LoweredModel {
  const lowering = new Lowering(device, order, outputs);
  const leaves: { position: number; value: OnnxValue }[] = [];
  for (const [position, node] of order.entries()) {
    lowering.prefix = `${node.operation?.name ?? 'input'}#${position}`;
    if (!node.value) lowerNode(node, lowering);
    else if (node.embedded) embed(node, lowering);
    else leaves.push({ position, value: defineInput(node, position, lowering) });
  }
  lowering.prefix = 'output';
  const results = nameOutputs(outputs, lowering);
  const used = lowering.prune(results.map(({ name }) => name));
  const inputs = leaves.filter(({ value }) => used.has(value.name));
  return {
    model: encodeModel({
      nodes: lowering.nodes,
      initializers: lowering.initializers.filter(({ name }) => used.has(name)),
      inputs: inputs.map(({ value }) => value),
      outputs: results,
    }),
    inputs: inputs.map(({ position, value: { name } }) => ({
      position,
      name,
      layout: order[position]!.value!.layout,
    })),
    outputs: results,
    size: lowering.nodes.length,
    workingBytes: mostBytes(order, outputs),
  };
}

/** Bytes of the results that are alive at once, when operations run in order and free what nobody needs any more. */
function mostBytes(order: readonly GraphNode[], outputs: readonly GraphNode[]): number {
  const lastUse = new Map<GraphNode, number>();
  for (const [position, node] of order.entries())
    if (!node.value) for (const input of node.inputs) lastUse.set(input, position);
  for (const node of outputs) lastUse.set(node, order.length);
  let [alive, most] = [0, 0];
  for (const [position, node] of order.entries()) {
    if (node.value) continue;
    alive += 4 * sizeOf(node.shape);
    most = Math.max(most, alive);
    for (const input of new Set(node.inputs))
      if (!input.value && lastUse.get(input) === position) alive -= 4 * sizeOf(input.shape);
  }
  return most;
}

function lowerNode(node: GraphNode, to: Lowering): void {
  try {
    node.operation!.lower(node, to);
  } catch (error) {
    throw new OnnxEngineError(`${describeNode(node)} cannot be translated to ONNX: ${messageOf(error)}`);
  }
}

/** For error messages, e.g. "Conv2D of [1,8,8,3] and [3,3,3,4] to [1,8,8,4]". */
export function describeNode(node: GraphNode): string {
  const shapes = node.inputs.map(({ shape }) => `[${shape}]`).join(' and ');
  return `${node.operation?.name ?? 'An input'}${shapes && ` of ${shapes}`} to [${node.shape}]`;
}

function defineInput(node: GraphNode, position: number, to: Lowering): OnnxValue {
  const { layout } = node.value!;
  const value = { name: `i${position}`, dtype: node.dtype, shape: physicalShape(node.shape, layout) };
  to.define(node, value.name, layout);
  return value;
}

function embed(node: GraphNode, to: Lowering): void {
  const { layout, data } = node.value!;
  to.define(node, to.initializer(node.dtype, physicalShape(node.shape, layout), data), layout);
}

/** Every output needs a name of its own that an operator makes. */
function nameOutputs(outputs: readonly GraphNode[], to: Lowering): ModelOutput[] {
  const made = new Set(to.nodes.flatMap((node) => node.outputs));
  const taken = new Set<string>();
  return outputs.map((node) => {
    const { name, layout } = to.stored(node);
    // An expansion of a scalar was made just now.
    const fresh = !taken.has(name) && (made.has(name) || to.nodes.at(-1)?.outputs[0] === name);
    const own = fresh ? name : to.emit('Identity', [name]);
    taken.add(own);
    return { name: own, dtype: node.dtype, layout, shape: physicalShape(node.shape, layout) };
  });
}
