/** @file Runs the pending graph: order, find or compile its session, feed, run, hand the results to their nodes. */
import { messageOf, OnnxEngineError } from './errors';
import { createResult, type GraphNode, type NodeValue } from './graph/node';
import { evaluationOrder } from './graph/order';
import { signature } from './graph/signature';
import { markEmbedded } from './graph/weights';
import { logicalShape, physicalShape } from './layout';
import { describeNode, lowerGraph } from './lowering/lower';
import type { Runtime, RuntimeTensor } from './runtime/binding';
import type { SessionSettings } from './runtime/options';
import { hostValue, Residence } from './runtime/resident';
import { type CompiledGraph, SessionCache } from './runtime/sessions';
import { BufferPool } from './storage/bufferPool';
import type { TypedArray } from './types';

/** Counts and times since the backend was made, in milliseconds. */
export interface ExecutionStatistics {
  runs: number;
  compiled: number;
  sessions: number;
  compileMs: number;
  runMs: number;
  /** Ordering, hashing and lowering. */
  prepareMs: number;
  /** Operators of the model that was compiled last. */
  operators: number;
  /** Results that have stayed on the device. */
  resident: number;
  /** Runs that needed no recording. */
  replayed: number;
}

/** One run of a graph: what it was fed and what it made. */
export interface Evaluation {
  key: string;
  graph: CompiledGraph;
  /** In the order of the graph's inputs. */
  leaves: readonly GraphNode[];
  /** In the order of the graph's outputs. */
  outputs: readonly GraphNode[];
}

export class Executor {
  /** Nodes that something refers to and that have no elements yet. */
  readonly pending = new Set<GraphNode>();
  readonly pool = new BufferPool();
  private readonly sessions: SessionCache;
  private readonly residence: Residence;
  private runs = 0;
  private runMs = 0;
  private prepareMs = 0;
  private operators = 0;
  private resident = 0;
  private replayed = 0;

  constructor(
    private readonly runtime: Runtime,
    private readonly settings: SessionSettings,
  ) {
    this.sessions = new SessionCache(runtime, settings);
    this.residence = new Residence(runtime, settings);
  }

  /**
   * Evaluates every pending node.
   * @param read the node whose elements are wanted now
   * @returns what was run; null if nothing was pending
   * @throws OnnxEngineError if that fails; the pending nodes are then given up, and the backend goes on
   */
  flush(read: GraphNode | null = null): Evaluation | null {
    if (this.pending.size === 0) {
      this.pool.reclaim();
      return null;
    }
    const outputs = [...this.pending];
    this.pending.clear();
    try {
      return this.evaluate(outputs, read);
    } catch (error) {
      const failure = error instanceof OnnxEngineError ? error : new OnnxEngineError(messageOf(error));
      for (const node of outputs) {
        node.failure = failure;
        node.inputs = [];
      }
      throw failure;
    } finally {
      this.pool.reclaim();
    }
  }

  /** The last reference to a node is gone. */
  release(node: GraphNode): void {
    this.pending.delete(node);
    if (node.embedded) this.sessions.forget(node.id);
    else this.pool.retire(node);
  }

  private evaluate(outputs: readonly GraphNode[], read: GraphNode | null): Evaluation {
    const began = performance.now();
    const order = evaluationOrder(outputs);
    markEmbedded(order);
    const staying = new Set(outputs.filter((node) => this.residence.keeps(node, read)));
    const key = signature(order, outputs, staying);
    const compileMs = this.sessions.compileMs;
    const graph = this.sessions.get(key) ?? this.compile(key, order, outputs, staying);
    const leaves = graph.inputs.map(({ position }) => order[position]!);
    this.prepareMs += performance.now() - began - (this.sessions.compileMs - compileMs);
    const values = this.run(graph, leaves, order);
    for (const [index, node] of outputs.entries()) {
      node.value = values[index]!;
      node.inputs = [];
      node.views = null;
    }
    for (const node of order) if (node.value && !node.operation) node.views = null;
    return { key, graph, leaves, outputs };
  }

  /**
   * Runs a graph again on other leaves, while nothing is pending.
   * @param leaves evaluated, each of the shape, type and layout that was there at first
   * @returns nodes that hold its outputs, in order; null if the session is gone
   * @throws OnnxEngineError if that fails
   */
  again(key: string, leaves: readonly GraphNode[]): GraphNode[] | null {
    const graph = this.sessions.get(key);
    if (!graph) return null;
    try {
      const values = this.run(graph, leaves, leaves);
      this.replayed++;
      return values.map((value, index) => {
        const { dtype, shape, layout } = graph.outputs[index]!;
        return createResult(value, logicalShape(shape, layout), dtype);
      });
    } finally {
      this.pool.reclaim();
    }
  }

  private compile(
    key: string,
    order: readonly GraphNode[],
    outputs: readonly GraphNode[],
    staying: ReadonlySet<GraphNode>,
  ): CompiledGraph {
    const lowered = lowerGraph(order, outputs, this.settings.device);
    this.operators = lowered.size;
    const embedded = order.filter((node) => node.value && node.embedded).map(({ id }) => id);
    try {
      const resident = lowered.outputs.filter((_, i) => staying.has(outputs[i]!)).map(({ name }) => name);
      return this.sessions.compile(key, lowered, embedded, resident);
    } catch (error) {
      throw explain(error, order);
    }
  }

  private feeds(graph: CompiledGraph, leaves: readonly GraphNode[]): Record<string, RuntimeTensor> {
    const feeds: Record<string, RuntimeTensor> = {};
    for (const [index, { name }] of graph.inputs.entries()) {
      const node = leaves[index]!;
      const value = node.value!;
      value.tensor ??= this.tensor(node, value.data);
      feeds[name] = value.tensor;
      node.timesFed++;
    }
    return feeds;
  }

  private tensor(node: GraphNode, data: TypedArray): RuntimeTensor {
    return this.runtime.createTensor(node.dtype, data, physicalShape(node.shape, node.value!.layout));
  }

  private fetches(graph: CompiledGraph): Record<string, RuntimeTensor | null> {
    const fetches: Record<string, RuntimeTensor | null> = {};
    for (const { name, dtype, shape } of graph.outputs) {
      const size = shape.reduce((a, b) => a * b, 1);
      // With outputs that stay on the device the binding (1.30) mixes up those it is given memory for.
      const given = dtype === 'float32' && graph.resident.size === 0;
      const buffer = given ? this.pool.take(size) : undefined;
      fetches[name] = buffer ? this.runtime.createTensor('float32', buffer, shape) : null;
    }
    return fetches;
  }

  /** @param order the nodes that an error may name @returns the values of the graph's outputs */
  private run(graph: CompiledGraph, leaves: readonly GraphNode[], order: readonly GraphNode[]): NodeValue[] {
    const feeds = this.feeds(graph, leaves);
    const fetches = this.fetches(graph);
    const began = performance.now();
    const results = this.compute(graph, feeds, fetches, order);
    this.runMs += performance.now() - began;
    this.runs++;
    this.resident += graph.resident.size;
    return graph.outputs.map(({ name, layout }) => {
      const tensor = fetches[name] ?? results[name]!;
      return graph.resident.has(name)
        ? this.residence.valueOf(tensor, layout, this.sessions.lodge(graph))
        : hostValue(tensor, layout);
    });
  }

  private compute(
    graph: CompiledGraph,
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
    order: readonly GraphNode[],
  ): Record<string, RuntimeTensor> {
    try {
      return graph.session.run(feeds, fetches, {});
    } catch (error) {
      throw explain(error, order);
    }
  }

  get statistics(): ExecutionStatistics {
    const { compiled, compileMs, size } = this.sessions;
    const { runs, runMs, prepareMs, operators, resident, replayed } = this;
    return { runs, compiled, sessions: size, compileMs, runMs, prepareMs, operators, resident, replayed };
  }

  endProfiling(): void {
    this.sessions.endProfiling();
  }

  dispose(): void {
    this.pending.clear();
    this.pool.clear();
    this.residence.clear();
    this.sessions.clear();
  }
}

/** Nodes of a model are named after what was recorded, e.g. "Conv2D#12/t7"; the runtime's errors quote the name. */
function explain(error: unknown, order: readonly GraphNode[]): OnnxEngineError {
  const message = messageOf(error);
  const position = /#(\d+)\/t\d+/.exec(message)?.[1];
  const node = position === undefined ? undefined : order[Number(position)];
  const what = node ? describeNode(node) : `A graph of ${order.length} operations`;
  return new OnnxEngineError(`${what} failed in ONNX Runtime: ${message}`);
}
