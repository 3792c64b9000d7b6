/** @file Runs the pending graph: order, find or compile its session, feed, run, hand the results to their nodes. */
import { messageOf, OnnxEngineError } from './errors';
import type { GraphNode } from './graph/node';
import { evaluationOrder } from './graph/order';
import { signature } from './graph/signature';
import { markEmbedded } from './graph/weights';
import { physicalShape } from './layout';
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
   * @throws OnnxEngineError if that fails; the pending nodes are then given up, and the backend goes on
   */
  flush(read: GraphNode | null = null): void {
    if (this.pending.size === 0) {
      this.pool.reclaim();
      return;
    }
    const outputs = [...this.pending];
    this.pending.clear();
    try {
      this.evaluate(outputs, read);
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

  private evaluate(outputs: readonly GraphNode[], read: GraphNode | null): void {
    const began = performance.now();
    const order = evaluationOrder(outputs);
    markEmbedded(order);
    const staying = new Set(outputs.filter((node) => this.residence.keeps(node, read)));
    const key = signature(order, outputs, staying);
    const compileMs = this.sessions.compileMs;
    const graph = this.sessions.get(key) ?? this.compile(key, order, outputs, staying);
    const feeds = this.feeds(graph, order);
    const fetches = this.fetches(graph);
    this.prepareMs += performance.now() - began - (this.sessions.compileMs - compileMs);
    const started = performance.now();
    const results = this.run(graph, feeds, fetches, order);
    this.runMs += performance.now() - started;
    this.runs++;
    this.resident += staying.size;
    for (const [index, node] of outputs.entries()) {
      const { name, layout } = graph.outputs[index]!;
      const tensor = fetches[name] ?? results[name]!;
      node.value = staying.has(node)
        ? this.residence.valueOf(tensor, layout, this.sessions.lodge(graph))
        : hostValue(tensor, layout);
      node.inputs = [];
      node.views = null;
    }
    for (const node of order) if (node.value && !node.operation) node.views = null;
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

  private feeds(graph: CompiledGraph, order: readonly GraphNode[]): Record<string, RuntimeTensor> {
    const feeds: Record<string, RuntimeTensor> = {};
    for (const { position, name } of graph.inputs) {
      const node = order[position]!;
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

  private run(
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
    const { runs, runMs, prepareMs, operators, resident } = this;
    return { runs, compiled, sessions: size, compileMs, runMs, prepareMs, operators, resident };
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
