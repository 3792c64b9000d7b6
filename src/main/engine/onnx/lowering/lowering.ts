/**
 * @file Lowering: from recorded nodes to ONNX. Each node is known under one or more forms, the same elements stored in
 * different layouts; transposes are made when a form is asked for that is not there yet.
 */
import type { OnnxNode } from '../encoding/model';
import type { GraphNode } from '../graph/node';
import { identity, isIdentity, isMoveFree, type Layout, physicalShape } from '../layout';
import { type OnnxDevice, sameNumbers, sizeOf } from '../types';
import { GraphBuilder } from './builder';

export interface Form {
  name: string;
  layout: Layout;
}

interface Lowered {
  forms: Form[];
  /** A tensor of rank 0 that stands for a node whose elements are all equal, until someone needs them in full. */
  scalar: string | null;
}

/** Operands of an element-wise operator, made fit for ONNX's broadcasting. */
export interface Operands {
  names: string[];
  layout: Layout;
  /** Whether all of them are of rank 0. */
  scalar: boolean;
}

export class Lowering extends GraphBuilder {
  private readonly lowered = new Map<GraphNode, Lowered>();
  private readonly uses = new Map<GraphNode, number>();
  /** Convolutions that can still take a bias. */
  private readonly withoutBias = new Map<GraphNode, OnnxNode>();
  /** Results that later nodes can share, such as the indices of a pooling. */
  private readonly shared = new Map<string, OnnxNode>();
  /** ReLU's results by its input: the gradient looks at the result, so that the input need not be kept. */
  private readonly rectified = new Map<GraphNode, GraphNode>();

  constructor(
    readonly device: OnnxDevice,
    order: readonly GraphNode[],
    outputs: readonly GraphNode[],
  ) {
    super();
    for (const node of outputs) this.count(node);
    for (const node of order) if (!node.value) for (const input of node.inputs) this.count(input);
    for (const node of order)
      if (node.operation?.name === 'Relu' && node.inputs[0]) this.rectified.set(node.inputs[0], node);
  }

  private count(node: GraphNode): void {
    this.uses.set(node, (this.uses.get(node) ?? 0) + 1);
  }

  /** How many nodes and outputs use it. */
  useCount(node: GraphNode): number {
    return this.uses.get(node) ?? 0;
  }

  /** Says which tensor holds the node's elements, in which order. */
  define(node: GraphNode, name: string, layout: Layout = identity(node.shape.length)): void {
    this.lowered.set(node, { forms: [{ name, layout }], scalar: node.shape.length === 0 ? name : null });
  }

  /** Says that every element of the node equals the tensor `name`, which has rank 0. */
  defineScalar(node: GraphNode, name: string): void {
    const forms = node.shape.length === 0 ? [{ name, layout: [] }] : [];
    this.lowered.set(node, { forms, scalar: name });
  }

  isDefined(node: GraphNode): boolean {
    return this.lowered.has(node);
  }

  /** The rank-0 tensor that stands for the node, if there is one. */
  scalarOf(node: GraphNode): string | null {
    return this.of(node).scalar;
  }

  /** The layout that the node has by itself; null if only a scalar stands for it. */
  layoutOf(node: GraphNode): Layout | null {
    return this.of(node).forms[0]?.layout ?? null;
  }

  /** The node as it is stored. */
  stored(node: GraphNode): Form {
    const first = this.of(node).forms[0];
    if (first) return first;
    const layout = identity(node.shape.length);
    return { name: this.inLayout(node, layout), layout };
  }

  /** The node in TensorFlow.js' order of axes. */
  logical(node: GraphNode): string {
    return this.inLayout(node, identity(node.shape.length));
  }

  inLayout(node: GraphNode, layout: Layout): string {
    const { forms, scalar } = this.of(node);
    const there = forms.find((form) => sameNumbers(form.layout, layout));
    if (there) return there.name;
    const shape = physicalShape(node.shape, layout);
    const first = forms[0];
    let name: string;
    if (!first) name = this.emit('Expand', [scalar!, this.integers(shape)]);
    else if (isMoveFree(node.shape, first.layout, layout)) name = this.reshape(first.name, shape);
    else name = this.transpose(first, layout);
    forms.push({ name, layout });
    return name;
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.emit('Reshape', [name, this.integers(shape)]);
  }

  private transpose(form: Form, layout: Layout): string {
    return this.emit('Transpose', [form.name], { perm: layout.map((axis) => form.layout.indexOf(axis)) });
  }

  /** The layout of the largest input of that rank: the others, which are often small, are brought into it. */
  preferredLayout(inputs: readonly GraphNode[], rank: number): Layout {
    let best: Layout = identity(rank);
    let most = 0;
    for (const input of inputs) {
      const layout = this.layoutOf(input);
      if (!layout || input.shape.length !== rank) continue;
      // Between equals, a layout that an operator asked for wins over one that was merely given.
      const weight = sizeOf(input.shape) * (isIdentity(layout) ? 1 : 1.5);
      if (weight > most) {
        most = weight;
        best = layout;
      }
    }
    return best;
  }

  /** Inputs of an element-wise operator whose result has `rank` axes. */
  operands(inputs: readonly GraphNode[], rank: number): Operands {
    const layout = this.preferredLayout(inputs, rank);
    const scalar = inputs.every((input) => this.asScalar(input) !== null);
    return { names: inputs.map((input) => this.operand(input, rank, layout)), layout, scalar };
  }

  /** Defines the result of an element-wise operator. */
  defineElementwise(node: GraphNode, name: string, { layout, scalar }: Operands): void {
    if (scalar) this.defineScalar(node, name);
    else this.define(node, name, layout);
  }

  private asScalar(node: GraphNode): string | null {
    const lowered = this.of(node);
    if (lowered.scalar === null && sizeOf(node.shape) === 1)
      lowered.scalar = this.reshape(lowered.forms[0]!.name, []);
    return lowered.scalar;
  }

  private operand(node: GraphNode, rank: number, layout: Layout): string {
    const scalar = this.asScalar(node);
    if (scalar !== null) return scalar;
    if (node.shape.length === rank) return this.inLayout(node, layout);
    const name = this.logical(node);
    if (isIdentity(layout)) return name;
    const full = [...new Array<number>(rank - node.shape.length).fill(1), ...node.shape];
    const shape = physicalShape(full, layout);
    if (isMoveFree(full, identity(rank), layout)) return this.reshape(name, shape);
    return this.transpose({ name: this.reshape(name, full), layout: identity(rank) }, layout);
  }

  private of(node: GraphNode): Lowered {
    return this.lowered.get(node)!;
  }

  /** Remembers a convolution, so that the addition that may follow becomes its bias. */
  offerBias(convolution: GraphNode, node: OnnxNode): void {
    if (this.useCount(convolution) === 1) this.withoutBias.set(convolution, node);
  }

  /** Makes `bias`, one value a channel, part of a convolution that nothing else uses. @returns whether it could */
  foldBias(sum: GraphNode, convolution: GraphNode, bias: GraphNode): boolean {
    const node = this.withoutBias.get(convolution);
    const channels = convolution.shape.at(-1);
    const perChannel = bias.shape.length === 1 && bias.shape[0] === channels;
    if (!node || !perChannel || this.scalarOf(bias) !== null) return false;
    this.withoutBias.delete(convolution);
    node.inputs.push(this.logical(bias));
    this.moveToEnd(node);
    this.define(sum, node.outputs[0]!, this.layoutOf(convolution)!);
    return true;
  }

  /** Batches of a times b transposed, both of `rank` axes; only some devices have one operator for it. */
  timesTransposed(a: string, b: string, rank: number): string {
    if (this.device === 'cpu' || this.device === 'cuda')
      return this.emit('FusedMatMul', [a, b], { transB: 1 });
    return this.emit('MatMul', [a, this.swapLast(b, rank)]);
  }

  /** Exchanges the last two of `rank` axes. */
  swapLast(name: string, rank: number): string {
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return this.emit('Transpose', [name], { perm });
  }

  /** A node that several users share; `make` runs for the first. */
  share(key: string, make: () => OnnxNode): OnnxNode {
    let node = this.shared.get(key);
    if (!node) {
      node = make();
      this.shared.set(key, node);
    }
    return node;
  }

  /** relu(node), if the graph computes it and it is there already. */
  rectifiedOf(node: GraphNode): GraphNode | null {
    const relu = this.rectified.get(node);
    return relu && this.isDefined(relu) ? relu : null;
  }
}
