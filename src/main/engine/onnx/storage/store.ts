/** @file What TensorFlow.js' data ids stand for, with reference counts. */
import type { GraphNode } from '../graph/node';
import type { DataType, TensorInfo } from '../types';

/** Exactly one of `node`, `strings` and `parts` is there. */
export interface Entry {
  references: number;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly node: GraphNode | null;
  /** UTF-8 strings, which no graph can hold. */
  readonly strings: Uint8Array[] | null;
  /** A complex tensor is two real ones. */
  readonly parts: { real: TensorInfo; imag: TensorInfo } | null;
}

export class DataStore {
  private readonly entries = new Map<object, Entry>();

  get size(): number {
    return this.entries.size;
  }

  get(dataId: object): Entry {
    const entry = this.entries.get(dataId);
    if (!entry) throw new Error('This tensor was disposed of.');
    return entry;
  }

  has(dataId: object): boolean {
    return this.entries.has(dataId);
  }

  add(dataId: object, entry: Entry): void {
    this.entries.set(dataId, entry);
  }

  /** @returns the entry if this was its last reference */
  release(dataId: object, force: boolean): Entry | null {
    const entry = this.entries.get(dataId);
    if (!entry) return null;
    entry.references--;
    if (!force && entry.references > 0) return null;
    this.entries.delete(dataId);
    return entry;
  }

  clear(): void {
    this.entries.clear();
  }
}
