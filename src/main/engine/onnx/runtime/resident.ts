/**
 * @file Results that stay on the device. Weights and an optimizer's state go from step to step; only what is read comes
 * back. The native binding (1.30) can leave an output on the device and feed it again, but cannot copy it to the host: a model
 * that returns its input does.
 */
import { encodeModel } from '../encoding/model';
import type { GraphNode, NodeValue } from '../graph/node';
import type { Layout } from '../layout';
import { sizeOf, type TypedArray } from '../types';
import type { NativeSession, Runtime, RuntimeTensor } from './binding';
import { type SessionSettings, sessionOptions } from './options';

/** Smaller results come back with the run that made them, which costs less than a run to fetch them later. */
const SMALLEST = 1024;
/** Models that copy, one a shape. */
const MOST_COPIERS = 32;

/** Elements on the device; the host's copy is made when it is asked for. */
class ResidentValue implements NodeValue {
  readonly computed = true;
  /** The host's copy is nobody's memory but the caller's. */
  exposed = false;
  private copy: TypedArray | null = null;

  constructor(
    readonly tensor: RuntimeTensor,
    readonly layout: Layout,
    private readonly download: (tensor: RuntimeTensor) => TypedArray,
    private readonly leave: () => void,
  ) {}

  get data(): TypedArray {
    this.copy ??= this.download(this.tensor);
    return this.copy;
  }

  release(): void {
    this.tensor.dispose();
    this.leave();
  }
}

export class Residence {
  private readonly copiers = new Map<string, NativeSession>();

  constructor(
    private readonly runtime: Runtime,
    private readonly settings: SessionSettings,
  ) {}

  /** Whether a result stays on the device. @param read the node that the graph is run for */
  keeps(node: GraphNode, read: GraphNode | null): boolean {
    return (
      this.settings.device === 'webgpu' &&
      node !== read &&
      node.dtype === 'float32' &&
      sizeOf(node.shape) >= SMALLEST
    );
  }

  /** @param leave to be called when the result is given up */
  valueOf(tensor: RuntimeTensor, layout: Layout, leave: () => void): NodeValue {
    return new ResidentValue(tensor, layout, (wanted) => this.download(wanted), leave);
  }

  private download(tensor: RuntimeTensor): TypedArray {
    const key = tensor.dims.join();
    const copier = this.copiers.get(key) ?? this.makeCopier(tensor.dims);
    this.copiers.delete(key);
    this.copiers.set(key, copier);
    return copier.run({ x: tensor }, { y: null }, {}).y!.data;
  }

  private makeCopier(shape: readonly number[]): NativeSession {
    const [oldest] = this.copiers.keys();
    if (oldest !== undefined && this.copiers.size >= MOST_COPIERS) this.drop(oldest);
    const same = { dtype: 'float32', shape } as const;
    const model = encodeModel({
      nodes: [{ name: 'copy', op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
      initializers: [],
      inputs: [{ name: 'x', ...same }],
      outputs: [{ name: 'y', ...same }],
    });
    const session = this.runtime.createSession();
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(this.settings));
    return session;
  }

  private drop(key: string): void {
    this.copiers.get(key)!.dispose();
    this.copiers.delete(key);
  }

  clear(): void {
    for (const key of [...this.copiers.keys()]) this.drop(key);
  }
}

/** The elements of a result that came back to the host. */
export function hostValue(tensor: RuntimeTensor, layout: Layout): NodeValue {
  return { data: tensor.data, layout, tensor, computed: true, exposed: false };
}
