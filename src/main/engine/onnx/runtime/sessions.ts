/** @file Compiled graphs, by structure, the least recently used ones leaving first. */
import type { LoweredModel, ModelOutput } from '../lowering/lower';
import type { NativeSession, Runtime } from './binding';
import { type SessionSettings, sessionOptions } from './options';

export interface CompiledGraph {
  session: NativeSession;
  inputs: LoweredModel['inputs'];
  outputs: ModelOutput[];
  /** Bytes of its model, which bounds the weights it carries. */
  bytes: number;
  /** Ids of the nodes whose elements it carries. */
  embedded: number[];
}

const MOST_SESSIONS = 48;
const MOST_BYTES = 512 * 2 ** 20;

export class SessionCache {
  private readonly graphs = new Map<string, CompiledGraph>();
  private bytes = 0;
  /** Models compiled since the start. */
  compiled = 0;
  compileMs = 0;

  constructor(
    private readonly runtime: Runtime,
    private readonly settings: SessionSettings,
  ) {}

  get size(): number {
    return this.graphs.size;
  }

  get(key: string): CompiledGraph | undefined {
    const graph = this.graphs.get(key);
    if (!graph) return undefined;
    this.graphs.delete(key);
    this.graphs.set(key, graph);
    return graph;
  }

  compile(key: string, lowered: LoweredModel, embedded: number[]): CompiledGraph {
    const { model, inputs, outputs } = lowered;
    const began = performance.now();
    const session = this.runtime.createSession();
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(this.settings));
    this.compiled++;
    this.compileMs += performance.now() - began;
    const graph = { session, inputs, outputs, bytes: model.byteLength, embedded };
    this.graphs.set(key, graph);
    this.bytes += graph.bytes;
    for (const oldest of this.graphs.keys()) {
      if (oldest === key || (this.graphs.size <= MOST_SESSIONS && this.bytes <= MOST_BYTES)) break;
      this.drop(oldest);
    }
    return graph;
  }

  /** Sessions that carry a value nobody refers to any more cannot be asked for again. */
  forget(embeddedId: number): void {
    for (const [key, graph] of this.graphs) if (graph.embedded.includes(embeddedId)) this.drop(key);
  }

  private drop(key: string): void {
    const graph = this.graphs.get(key)!;
    this.graphs.delete(key);
    this.bytes -= graph.bytes;
    graph.session.dispose();
  }

  clear(): void {
    for (const key of [...this.graphs.keys()]) this.drop(key);
  }

  endProfiling(): void {
    for (const { session } of this.graphs.values()) session.endProfiling();
  }
}
