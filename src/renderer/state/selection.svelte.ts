/** @file The images that were chosen in the library, to do something with all of them at once. */
import { images } from './images.svelte';
import { attempt } from './notices.svelte';

class Selection {
  #ids = $state.raw<ReadonlySet<number>>(new Set());
  /** Position in the view that a range is counted from. */
  #anchor: number | null = null;
  /** Counts what was asked for: a range that comes after another wish is not taken. */
  #asked = 0;

  get size(): number {
    return this.#ids.size;
  }
  get ids(): number[] {
    return [...this.#ids];
  }

  has(id: number | undefined): boolean {
    return id !== undefined && this.#ids.has(id);
  }

  toggle(index: number): void {
    const id = images.at(index)?.id;
    if (id === undefined) return;
    const ids = new Set(this.#ids);
    if (!ids.delete(id)) ids.add(id);
    this.#take(ids);
    this.#anchor = index;
  }

  /** All from where it began to here, beside what was chosen before. */
  async extendTo(index: number): Promise<void> {
    const from = this.#anchor ?? images.current;
    this.#anchor ??= from;
    await this.addBetween(Math.min(from, index), Math.max(from, index));
  }

  all(): Promise<void> {
    return this.addBetween(0, (images.total ?? 0) - 1);
  }

  /** Adds the images between two positions of the view. */
  async addBetween(from: number, to: number): Promise<void> {
    const mine = ++this.#asked;
    const loaded = Array.from({ length: Math.min(to - from + 1, 2000) }, (_, i) => images.at(from + i)?.id);
    const ids =
      loaded.length === to - from + 1 && !loaded.includes(undefined)
        ? (loaded as number[])
        : await attempt(() => images.idsBetween(from, to));
    if (ids && mine === this.#asked) this.#take(new Set([...this.#ids, ...ids]));
  }

  add(ids: number[]): void {
    this.#take(new Set([...this.#ids, ...ids]));
  }

  clear(): void {
    this.#anchor = null;
    this.#take(new Set());
  }

  #take(ids: ReadonlySet<number>): void {
    this.#asked++;
    this.#ids = ids;
  }
}

export const selection = new Selection();
