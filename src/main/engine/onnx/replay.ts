/**
 * @file A computation that records the same graph at every call, such as a step of training, needs to be recorded only until that is
 * certain. From then on its session is fed and run, and neither TensorFlow.js nor any kernel is asked.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { OnnxBackend } from './backend';
import type { Evaluation } from './executor';
import type { GraphNode, NodeValue } from './graph/node';
import type { Layout } from './layout';
import { type NumericType, sameNumbers, type Tf } from './types';

/**
 * Tensors in, tensors out, and variables assigned on the way. What changes from call to call must be among the inputs, numbers too: a
 * learning rate that the function reads elsewhere would be frozen (if it changes while recording, that is noticed).
 */
export type Computation = (inputs: Tensor[]) => Tensor[];

/** Where what a session is fed comes from: the tensors given, by place; variables; and what is the same every time. */
type Source = { input: number } | { variable: Variable } | Constant;

interface Constant {
  constant: GraphNode;
  /** Somebody outside holds it; when it is given up, it may have been replaced. */
  held: boolean;
}

interface Leaf {
  source: Source;
  shape: readonly number[];
  dtype: NumericType;
  layout: Layout;
}

interface Recording {
  key: string;
  /** Of the tensors that were given. */
  shapes: number[][];
  leaves: Leaf[];
  /** Which output of the session each returned tensor shows, in which shape. */
  returned: { output: number; shape: number[] }[];
  assigned: { output: number; variable: Variable }[];
}

/** What a call begins with: a node forgets what it stood for when its tensor is replaced. */
interface Beginning {
  inputs: Tensor[];
  sources: Map<GraphNode, Source>;
  /** Data ids of the variables. */
  values: Map<Variable, object>;
}

/** Calls in succession that must record the same: weights which are fed twice unchanged are then already inside the model. */
const CERTAIN = 3;

export class Replay {
  #recording: Recording | null = null;
  /** Calls in succession that recorded this. */
  #times = 0;
  /** It uses something that changes and is not among its inputs, or does more than return and assign: never replayed. */
  #varies = false;

  constructor(
    private readonly tf: Tf,
    private readonly backend: OnnxBackend,
    private readonly compute: Computation,
  ) {}

  /**
   * The same as calling the computation in a `tidy`; no gradient can be taken through it.
   * @throws OnnxEngineError as a read of its results would
   */
  run(inputs: Tensor[]): Tensor[] {
    if (this.#varies) return this.tf.tidy(() => this.compute(inputs));
    return (this.#times >= CERTAIN && this.#again(this.#recording!, inputs)) || this.#record(inputs);
  }

  #record(inputs: Tensor[]): Tensor[] {
    this.backend.flush();
    const beginning = this.#begin(inputs);
    const results = this.backend.recordWhole(() => this.tf.tidy(() => this.compute(inputs)));
    const recording = this.#describe(this.#evaluate(results), beginning, results);
    const last = this.#recording;
    const repeated = recording !== null && last?.key === recording.key;
    const same = repeated && last!.leaves.every((leaf, i) => sameSource(leaf, recording.leaves[i]!));
    this.#varies = !recording || (repeated && !same);
    this.#times = repeated ? this.#times + 1 : 1;
    this.#recording = this.#varies ? null : recording;
    return results;
  }

  #evaluate(results: Tensor[]): Evaluation | null {
    try {
      return this.backend.evaluate();
    } catch (error) {
      this.tf.dispose(results);
      throw error;
    }
  }

  #begin(inputs: Tensor[]): Beginning {
    const sources = new Map<GraphNode, Source>();
    const values = new Map<Variable, object>();
    for (const variable of this.#variables()) {
      values.set(variable, variable.dataId);
      const node = this.#nodeOf(variable);
      if (node) sources.set(node, { variable });
    }
    for (const [input, tensor] of inputs.entries()) sources.set(this.#nodeOf(tensor)!, { input });
    return { inputs, sources, values };
  }

  /** @returns null if this cannot be replayed */
  #describe(evaluation: Evaluation | null, beginning: Beginning, results: Tensor[]): Recording | null {
    if (!evaluation) return null;
    const { key, graph, leaves, outputs } = evaluation;
    const { inputs, sources, values } = beginning;
    const place = (tensor: Tensor) => outputs.indexOf(this.#nodeOf(tensor)!);
    const returned = results.map((tensor) => ({ output: place(tensor), shape: tensor.shape }));
    const assigned = this.#variables()
      .filter((variable) => values.get(variable) !== variable.dataId)
      .map((variable) => ({ output: place(variable), variable }));
    const known = new Set([...returned, ...assigned].map(({ output }) => output));
    // Else something was computed that nobody would compute again.
    const complete = !known.has(-1) && known.size === outputs.length;
    const distinct = new Set(inputs.map((tensor) => this.#nodeOf(tensor))).size === inputs.length;
    if (!complete || !distinct) return null;
    return {
      ...{ key, returned, assigned },
      shapes: inputs.map(({ shape }) => shape),
      leaves: leaves.map((node, i) => ({
        source: sources.get(node) ?? { constant: node, held: node.references > 0 },
        shape: node.shape,
        dtype: node.dtype,
        layout: graph.inputs[i]!.layout,
      })),
    };
  }

  /** @returns null if what was recorded does not fit any more */
  #again({ key, shapes, leaves, returned, assigned }: Recording, inputs: Tensor[]): Tensor[] | null {
    const fits =
      inputs.length === shapes.length && inputs.every(({ shape }, i) => sameNumbers(shape, shapes[i]!));
    if (!fits) return null;
    this.backend.flush();
    const nodes = leaves.map(({ source }) => this.#nodeBehind(source, inputs));
    if (!nodes.every((node, i) => fitsLeaf(node, leaves[i]!))) return null;
    const outputs = this.#evaluateAgain(key, nodes as GraphNode[]);
    if (!outputs) return null;
    return this.tf.tidy(() => {
      for (const { output, variable } of assigned)
        variable.assign(this.#tensor(outputs[output]!, variable.shape));
      return returned.map(({ output, shape }) => this.#tensor(outputs[output]!, shape));
    });
  }

  /** @returns null if the session is gone or fails: recorded, it says what failed */
  #evaluateAgain(key: string, leaves: GraphNode[]): GraphNode[] | null {
    try {
      return this.backend.evaluateAgain(key, leaves);
    } catch {
      return null;
    }
  }

  #nodeBehind(source: Source, inputs: Tensor[]): GraphNode | null {
    if ('constant' in source) return source.held && source.constant.references === 0 ? null : source.constant;
    return this.#nodeOf('input' in source ? inputs[source.input]! : source.variable);
  }

  #tensor(node: GraphNode, shape: number[]): Tensor {
    const { dataId } = this.backend.store(node);
    return this.tf.engine().makeTensorFromDataId(dataId, shape, node.dtype);
  }

  #nodeOf({ dataId }: Tensor): GraphNode | null {
    return this.backend.data.has(dataId) ? this.backend.data.get(dataId).node : null;
  }

  #variables(): Variable[] {
    return Object.values(this.tf.engine().registeredVariables);
  }
}

function fitsLeaf(node: GraphNode | null, { shape, dtype, layout }: Leaf): boolean {
  return (
    node?.value != null &&
    node.dtype === dtype &&
    sameNumbers(node.shape, shape) &&
    sameNumbers(node.value.layout, layout)
  );
}

function sameSource({ source: a }: Leaf, { source: b }: Leaf): boolean {
  if ('input' in a) return 'input' in b && a.input === b.input;
  if ('variable' in a) return 'variable' in b && a.variable === b.variable;
  return 'constant' in b && (a.constant === b.constant || sameElements(a.constant.value, b.constant.value));
}

/** Whether JavaScript wrote the same twice; a result is another one every time that it is computed. */
function sameElements(a: NodeValue | null, b: NodeValue | null): boolean {
  if (!a || !b || a.computed || b.computed) return false;
  return a.data.length === b.data.length && a.data.every((value, i) => Object.is(value, b.data[i]));
}
