/** @file The backend as TensorFlow.js sees it: data ids, reads and writes. Kernels record through `nodeOf` and `store`. */
import { type Evaluation, type ExecutionStatistics, Executor } from './executor';
import { createLeaf, type GraphNode } from './graph/node';
import { reshape } from './kernels/shapes';
import { toLogicalOrder } from './layout';
import type { Runtime } from './runtime/binding';
import type { SessionSettings } from './runtime/options';
import { DataStore, type Entry } from './storage/store';
import {
  ARRAY_OF,
  allocate,
  type DataType,
  isNumeric,
  type NumericType,
  sameNumbers,
  sizeOf,
  type TensorInfo,
  type TypedArray,
} from './types';

/** Elements as TensorFlow.js hands them over. */
export type WrittenValues = TypedArray | readonly (number | boolean)[] | Uint8Array[] | null;

/** Nodes recorded before the graph is run even though nobody reads: a loop without reads must not grow for ever. */
const MOST_RECORDED = 20_000;
/** From here on, the end of a step is looked for. */
const SOON = 500;

export class OnnxBackend {
  readonly data = new DataStore();
  private readonly executor: Executor;
  private recorded = 0;
  private recordedSinceRead = 0;
  private recordedForLastRead = 0;
  private mostPending = 0;
  private replaced = false;
  private whole = false;

  constructor(runtime: Runtime, settings: SessionSettings) {
    this.executor = new Executor(runtime, settings);
  }

  // What TensorFlow.js' engine calls.

  write(values: WrittenValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  move(dataId: object, values: WrittenValues, shape: number[], dtype: DataType, references: number): void {
    const strings = isNumeric(dtype) ? null : (values as Uint8Array[]);
    const node = isNumeric(dtype) ? createLeaf(elements(values, shape, dtype), [...shape], dtype) : null;
    this.add(dataId, { references, shape: [...shape], dtype, node, strings, parts: null });
  }

  /** Runs the pending graph if it must. The runtime computes on this thread, so waiting gains nothing. */
  async read(dataId: object): Promise<TypedArray | Uint8Array[]> {
    return this.readSync(dataId);
  }

  readSync(dataId: object): TypedArray | Uint8Array[] {
    const { node, strings, parts } = this.data.get(dataId);
    if (strings) return strings;
    if (parts) return interleave(this.readReal(parts.real), this.readReal(parts.imag));
    return this.elementsOf(node!);
  }

  private readReal({ dataId }: TensorInfo): Float32Array {
    return this.readSync(dataId) as Float32Array;
  }

  /** In logical order. */
  private elementsOf(node: GraphNode): TypedArray {
    if (node.failure) throw node.failure;
    if (!node.value) this.evaluate(node);
    const value = node.value!;
    const data = toLogicalOrder(value.data, node.shape, value.layout);
    if (data === value.data) value.exposed = true;
    return data;
  }

  disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.release(dataId, force);
    if (!entry) return false;
    if (entry.parts) for (const { dataId: part } of Object.values(entry.parts)) this.disposeData(part);
    if (entry.node && --entry.node.references === 0) {
      this.replaced ||= entry.node.value !== null;
      this.executor.release(entry.node);
    }
    return true;
  }

  incRef(dataId: object): void {
    this.data.get(dataId).references++;
  }

  refCount(dataId: object): number {
    return this.data.has(dataId) ? this.data.get(dataId).references : 0;
  }

  numDataIds(): number {
    return this.data.size;
  }

  memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  timerAvailable(): boolean {
    return true;
  }

  async time(run: () => void): Promise<{ kernelMs: number }> {
    this.flush();
    const began = performance.now();
    run();
    this.flush();
    return { kernelMs: performance.now() - began };
  }

  epsilon(): number {
    return 1e-7;
  }

  floatPrecision(): 32 {
    return 32;
  }

  dispose(): void {
    this.data.clear();
    this.executor.dispose();
  }

  // What kernels call.

  /** The node behind a tensor, in the tensor's shape. */
  nodeOf({ dataId, shape }: TensorInfo): GraphNode {
    const node = this.data.get(dataId).node!;
    if (node.failure) throw node.failure;
    if (sameNumbers(node.shape, shape)) return node;
    node.views ??= new Map();
    const key = shape.join();
    const view = node.views.get(key) ?? reshape(node, shape);
    node.views.set(key, view);
    return view;
  }

  /** Gives a recorded node to TensorFlow.js. */
  store(node: GraphNode): TensorInfo {
    const dataId = {};
    const shape = [...node.shape];
    this.add(dataId, { references: 1, shape, dtype: node.dtype, node, strings: null, parts: null });
    return { dataId, shape, dtype: node.dtype };
  }

  /** Stores a complex tensor; it takes over one reference to each of its parts. */
  storeComplex(real: TensorInfo, imag: TensorInfo): TensorInfo {
    const dataId = {};
    const { shape } = real;
    const parts = { real, imag };
    this.add(dataId, { references: 1, shape, dtype: 'complex64', node: null, strings: null, parts });
    return { dataId, shape, dtype: 'complex64' };
  }

  private add(dataId: object, entry: Entry): void {
    this.data.add(dataId, entry);
    const { node } = entry;
    if (!node) return;
    node.references++;
    if (node.value) return;
    this.bound();
    this.executor.pending.add(node);
    this.mostPending = Math.max(this.mostPending, this.executor.pending.size);
  }

  /**
   * Runs what is pending when nobody reads for long. Best between two steps of training, where the graph is the same
   * every time: weights have been replaced, and of what the step recorded most is disposed of. A loop that reads at
   * every step is left alone, as a step could look finished in its middle.
   */
  private bound(): void {
    this.recorded++;
    this.recordedSinceRead++;
    const unread = this.recordedSinceRead > 2 * this.recordedForLastRead && this.recorded > SOON;
    const betweenSteps = unread && this.replaced && this.executor.pending.size < this.mostPending / 2;
    if (!this.whole && (betweenSteps || this.recorded > MOST_RECORDED)) this.flush();
  }

  /** Evaluates everything that is pending, because it is wanted now: see `flush`. */
  evaluate(read: GraphNode | null = null): Evaluation | null {
    this.recordedForLastRead = this.recordedSinceRead;
    this.recordedSinceRead = 0;
    return this.flush(read);
  }

  /** Records without evaluating in between, however much it is. */
  recordWhole<Result>(record: () => Result): Result {
    this.whole = true;
    try {
      return record();
    } finally {
      this.whole = false;
    }
  }

  /**
   * Evaluates everything that is pending.
   * @param read what it is evaluated for @returns what was run; null if nothing was pending @throws OnnxEngineError
   */
  flush(read: GraphNode | null = null): Evaluation | null {
    this.recorded = 0;
    this.mostPending = 0;
    this.replaced = false;
    return this.executor.flush(read);
  }

  /** Runs what was run before on other leaves: see `Executor.again`. */
  evaluateAgain(key: string, leaves: readonly GraphNode[]): GraphNode[] | null {
    return this.executor.again(key, leaves);
  }

  get statistics(): ExecutionStatistics {
    return this.executor.statistics;
  }

  endProfiling(): void {
    this.executor.endProfiling();
  }
}

function elements(values: WrittenValues, shape: readonly number[], dtype: NumericType): TypedArray {
  if (values === null || values === undefined) return allocate(dtype, sizeOf(shape));
  const Typed = ARRAY_OF[dtype];
  return values instanceof Typed ? values : Typed.from(values as ArrayLike<number>);
}

function interleave(real: Float32Array, imag: Float32Array): Float32Array {
  const result = new Float32Array(2 * real.length);
  for (let i = 0; i < real.length; i++) {
    result[2 * i] = real[i]!;
    result[2 * i + 1] = imag[i]!;
  }
  return result;
}
