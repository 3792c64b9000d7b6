/** @file Compiled graphs, by structure, the least recently used ones leaving first. */
import type { LoweredModel, ModelOutput } from '../lowering/lower';
import type { NativeSession, Runtime } from './binding';
import { type SessionSettings, sessionOptions } from './options';

export interface CompiledGraph {
  session: NativeSession;
  inputs: LoweredModel['inputs'];
  outputs: ModelOutput[];
  /** Memory that it holds on to between runs, as estimated from its graph. */
  bytes: number;
  /** Runs of it, and the number of the last one among all runs. */
  runs: number;
  lastRun: number;
  /** Names of outputs that stay on the device. */
  resident: ReadonlySet<string>;
  /** Ids of the nodes whose elements it carries. */
  embedded: number[];
  /** Results on the device that lie in its memory. */
  tenants: number;
  /** No longer asked for: it ends with its last tenant. */
  dropped: boolean;
}

const MOST_SESSIONS = 48;
/** Beyond this, sessions leave that seem to be done with. */
const MUCH_MEMORY = 512 * 2 ** 20;
/** The first step of training has a graph of its own, as weights have another layout afterwards. */
const RARE = 2;
const LONG_AGO = 100;

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

  private allRuns = 0;

  get size(): number {
    return this.graphs.size;
  }

  get(key: string): CompiledGraph | undefined {
    const graph = this.graphs.get(key);
    if (!graph) return undefined;
    this.graphs.delete(key);
    this.graphs.set(key, graph);
    graph.runs++;
    graph.lastRun = ++this.allRuns;
    return graph;
  }

  compile(key: string, lowered: LoweredModel, embedded: number[], resident: string[]): CompiledGraph {
    const { model, inputs, outputs } = lowered;
    const bytes = model.byteLength + lowered.workingBytes;
    this.makeRoom(bytes);
    const began = performance.now();
    const session = this.runtime.createSession();
    session.loadModel(
      model.buffer,
      model.byteOffset,
      model.byteLength,
      sessionOptions(this.settings, resident),
    );
    this.compiled++;
    this.compileMs += performance.now() - began;
    const graph = {
      ...{ session, inputs, outputs, bytes, runs: 1, lastRun: ++this.allRuns },
      ...{ embedded, resident: new Set(resident), tenants: 0, dropped: false },
    };
    this.graphs.set(key, graph);
    this.bytes += bytes;
    return graph;
  }

  /** Drops sessions, the longest unused first, before one that holds so many bytes is added. */
  private makeRoom(bytes: number): void {
    for (const [key, graph] of this.graphs) {
      const crowded = this.graphs.size >= MOST_SESSIONS;
      const done = graph.runs <= RARE || this.allRuns - graph.lastRun > LONG_AGO;
      if (crowded || (this.bytes + bytes > MUCH_MEMORY && done)) this.drop(key);
    }
  }

  /** Sessions that carry a value nobody refers to any more cannot be asked for again. */
  forget(embeddedId: number): void {
    for (const [key, graph] of this.graphs) if (graph.embedded.includes(embeddedId)) this.drop(key);
  }

  /**
   * A result stays on the device, in memory that belongs to the session: ended before it, ONNX Runtime (1.30) gives the memory back
   * to what is no longer there and takes the process along.
   * @returns to be called when the result is given up
   */
  lodge(graph: CompiledGraph): () => void {
    graph.tenants++;
    return () => {
      graph.tenants--;
      endIfEmpty(graph);
    };
  }

  private drop(key: string): void {
    const graph = this.graphs.get(key)!;
    this.graphs.delete(key);
    this.bytes -= graph.bytes;
    graph.dropped = true;
    endIfEmpty(graph);
  }

  clear(): void {
    for (const key of [...this.graphs.keys()]) this.drop(key);
  }

  endProfiling(): void {
    for (const { session } of this.graphs.values()) session.endProfiling();
  }
}

function endIfEmpty({ session, tenants, dropped }: CompiledGraph): void {
  if (dropped && tenants === 0) session.dispose();
}
