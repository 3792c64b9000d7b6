/** @file Collects ONNX nodes and constants, each constant once. */
import type { ElementType, OnnxAttribute, OnnxInitializer, OnnxNode } from '../encoding/model';
import { ELEMENT_TYPE } from '../encoding/model';
import { ARRAY_OF, type NumericType } from '../types';

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** The operators that are not ONNX's own, with their domain. */
const CONTRIBUTED = new Map([['FusedMatMul', 'com.microsoft']]);

export class GraphBuilder {
  readonly initializers: OnnxInitializer[] = [];
  nodes: OnnxNode[] = [];
  /** Begins the names of the nodes, so that an error of the runtime can be traced to what was recorded. */
  prefix = '';
  private tensors = 0;
  private readonly constants = new Map<string, string>();

  /** Adds an operator with one output. @returns the output's name */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.emitNode(op, inputs, attributes, 1).outputs[0]!;
  }

  emitNode(op: string, inputs: readonly string[], attributes: Attributes, outputs: number): OnnxNode {
    const names = Array.from({ length: outputs }, () => `t${this.tensors++}`);
    const node: OnnxNode = {
      name: `${this.prefix}/${names[0]}`,
      op,
      domain: CONTRIBUTED.get(op) ?? '',
      inputs: [...inputs],
      outputs: names,
      attributes,
    };
    this.nodes.push(node);
    return node;
  }

  /** One more output of a node that is there. */
  addOutput(node: OnnxNode): string {
    const name = `t${this.tensors++}`;
    node.outputs.push(name);
    return name;
  }

  cast(name: string, dtype: ElementType): string {
    return this.emit('Cast', [name], { to: ELEMENT_TYPE[dtype] });
  }

  /** A tensor stored in the model. */
  initializer(
    dtype: ElementType,
    shape: readonly number[],
    data: Float32Array | Int32Array | Uint8Array | BigInt64Array,
  ): string {
    const name = `c${this.initializers.length}`;
    this.initializers.push({ name, dtype, shape, data });
    return name;
  }

  /** A constant that is made once for each key. */
  constant(key: string, make: () => string): string {
    let name = this.constants.get(key);
    if (name === undefined) {
      name = make();
      this.constants.set(key, name);
    }
    return name;
  }

  /** A tensor of rank 0. */
  scalar(dtype: NumericType, value: number): string {
    return this.constant(`${dtype} ${value}`, () => this.initializer(dtype, [], ARRAY_OF[dtype].of(value)));
  }

  float(value: number): string {
    return this.scalar('float32', value);
  }

  /** Whole numbers in a vector, as shapes, axes and pads are given to operators. */
  integers(values: readonly number[]): string {
    return this.constant(`int64 ${values}`, () =>
      this.initializer('int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** Moves a node behind all others, which lets it take inputs that were made after it. */
  moveToEnd(node: OnnxNode): void {
    const index = this.nodes.lastIndexOf(node);
    if (index === this.nodes.length - 1) return;
    this.nodes.splice(index, 1);
    this.nodes.push(node);
  }

  /** Removes what the named tensors do not need. @returns the names that are used */
  prune(outputs: Iterable<string>): Set<string> {
    const needed = new Set(outputs);
    const kept: OnnxNode[] = [];
    for (let index = this.nodes.length - 1; index >= 0; index--) {
      const node = this.nodes[index]!;
      if (!node.outputs.some((name) => needed.has(name))) continue;
      kept.push(node);
      for (const name of node.inputs) needed.add(name);
    }
    this.nodes = kept.reverse();
    return needed;
  }
}
