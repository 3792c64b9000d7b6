/** @file Runs a graph, or a part of it. */
import type { Tensor } from '@tensorflow/tfjs';
import { OPERATORS } from './operators';
import type { Graph, Node } from './read';
import { Attributes, Inputs, type Value } from './value';

/** Operators of a graph that are not known here, sorted. */
export function missingOperators({ nodes }: Graph): string[] {
  return [...new Set(nodes.map(({ op }) => op).filter((op) => !Object.hasOwn(OPERATORS, op)))].toSorted();
}

export class Network {
  readonly #graph: Graph;
  readonly #constants: ReadonlyMap<string, Value>;
  readonly #plans = new Map<string, Node[]>();

  /** @param constants weights and shapes by name */
  constructor(graph: Graph, constants: ReadonlyMap<string, Value>) {
    this.#graph = graph;
    this.#constants = constants;
  }

  /**
   * What a name stands for when another one is given. Call it inside a tidy: what lies between is not disposed of.
   * @param given the image under the graph's input, or a value in the middle under its name
   * @throws Error naming the operator that failed
   */
  run(wanted: string, given: { name: string; value: Tensor }): Tensor {
    const values = new Map<string, Value>([[given.name, given.value]]);
    for (const node of this.#planOf(wanted, given.name)) {
      const inputs = node.inputs.map((name) =>
        name === '' ? undefined : (values.get(name) ?? this.#constants.get(name)),
      );
      const context = { opset: this.#graph.opset, outputs: node.outputs.length };
      try {
        const results = OPERATORS[node.op]!(new Inputs(inputs), new Attributes(node.attributes), context);
        for (const [i, result] of results.entries()) values.set(node.outputs[i]!, result);
      } catch (error) {
        const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
        throw new Error(`its operator ${node.op} (for "${node.outputs[0]}") cannot be computed: ${why}`, {
          cause: error,
        });
      }
    }
    const result = values.get(wanted);
    if (!result || 'numbers' in result) throw new Error(`it has no tensor "${wanted}"`);
    return result;
  }

  /** The nodes between what is given and what is wanted, in the order of the file, which is one that can be computed. */
  #planOf(wanted: string, given: string): Node[] {
    const key = JSON.stringify([wanted, given]);
    const known = this.#plans.get(key);
    if (known) return known;
    const needed = new Set([wanted]);
    const plan: Node[] = [];
    for (const node of this.#graph.nodes.toReversed()) {
      if (!node.outputs.some((name) => needed.has(name) && name !== given)) continue;
      plan.unshift(node);
      for (const input of node.inputs) needed.add(input);
    }
    this.#plans.set(key, plan);
    return plan;
  }
}
