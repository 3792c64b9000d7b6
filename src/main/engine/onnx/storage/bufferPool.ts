import type { GraphNode } from '../graph/node';

/** Buffers of one size that are kept at most. */
const KEPT_PER_SIZE = 64;

/**
 * Memory of float32 results that nobody needs any more, for the next results of the same size: a training step then
 * allocates nothing. A buffer that a caller has seen never comes here.
 */
export class BufferPool {
  private readonly free = new Map<number, Float32Array[]>();
  /** Unreferenced, but perhaps still an input of the pending graph. */
  private retired: GraphNode[] = [];

  /** The last reference to an evaluated node is gone. */
  retire(node: GraphNode): void {
    if (!node.value) return;
    if (node.value.release || (node.value.computed && !node.value.exposed && node.dtype === 'float32'))
      this.retired.push(node);
  }

  /** The pending graph has run: what was retired is free. */
  reclaim(): void {
    for (const node of this.retired) {
      if (node.value!.release) {
        node.value!.release();
        node.value = null;
        continue;
      }
      const { data, exposed } = node.value!;
      const buffers = this.free.get(data.length) ?? [];
      if (!exposed && buffers.length < KEPT_PER_SIZE) buffers.push(data as Float32Array);
      this.free.set(data.length, buffers);
      node.value = null;
    }
    this.retired = [];
  }

  take(size: number): Float32Array | undefined {
    return this.free.get(size)?.pop();
  }

  clear(): void {
    this.free.clear();
    for (const { value } of this.retired) value?.release?.();
    this.retired = [];
  }
}
