/** @file The images of the current view, read a page at a time as they come into sight. */
import { SvelteMap } from 'svelte/reactivity';
import type { ImageItem, ImageQuery } from '../../contract/types';
import { client } from '../rpc';
import { notices } from './notices.svelte';

const PAGE = 200;

/** What a view shows, and in which order; what is undefined does not narrow it. */
export type LibraryQuery = Omit<ImageQuery, 'offset' | 'limit'>;

/** A view that shows all there is. */
export const EVERYTHING = {
  className: undefined,
  split: undefined,
  search: undefined,
  checked: undefined,
  annotated: undefined,
  warning: undefined,
  tag: undefined,
  ids: undefined,
  groupId: undefined,
} satisfies Omit<LibraryQuery, 'sort' | 'descending'>;

/** As many ids as the program answers at once. */
const IDS_AT_ONCE = 10_000;

class Images {
  query = $state<LibraryQuery>({ sort: 'name', descending: false });
  total = $state<number | null>(null);
  /** Position in the view of the image that is looked at. */
  current = $state(0);
  /** Counts up when maps or the list may have changed. */
  version = $state(0);
  readonly #pages = new SvelteMap<number, ImageItem[]>();
  readonly #asked = new Map<number, number>();
  #wanted: [number, number] = [0, 0];

  /** Undefined until its page has come. */
  at(index: number): ImageItem | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Whether the view leaves anything out. */
  get narrowed(): boolean {
    return (Object.keys(EVERYTHING) as (keyof typeof EVERYTHING)[]).some(
      (key) => this.query[key] !== undefined,
    );
  }

  /** Ids of the images between two positions of the view, both included. */
  async idsBetween(from: number, to: number): Promise<number[]> {
    const ids: number[] = [];
    const query = $state.snapshot(this.query);
    for (let offset = from; offset <= to; offset += IDS_AT_ONCE) {
      const limit = Math.min(IDS_AT_ONCE, to - offset + 1);
      ids.push(...(await client.library.ids({ ...query, offset, limit })));
    }
    return ids;
  }

  /** Asks for what is missing between two positions. */
  want(from: number, to: number): void {
    const first = Math.floor(Math.max(from, 0) / PAGE);
    const last = Math.floor(Math.max(to, 0) / PAGE);
    this.#wanted = [first, last];
    for (let page = first; page <= last; page++) void this.#read(page);
  }

  narrow(change: Partial<LibraryQuery>): void {
    Object.assign(this.query, change);
    this.reset();
  }

  /** Another list: nothing of the old one is shown. */
  reset(): void {
    this.forget();
    this.want(0, 0);
  }

  /** Without a project there is no list. */
  forget(): void {
    this.#pages.clear();
    this.#asked.clear();
    this.total = null;
    this.current = 0;
    this.version++;
  }

  /** The same list, perhaps changed: what is in sight is read again, and stays until the answer comes. */
  refresh(): void {
    this.version++;
    this.#asked.clear();
    const [first, last] = this.#wanted;
    for (const page of [...this.#pages.keys()]) if (page < first || page > last) this.#pages.delete(page);
    for (let page = first; page <= last; page++) void this.#read(page);
  }

  async #read(page: number): Promise<void> {
    const { version } = this;
    if (this.#asked.has(page)) return;
    this.#asked.set(page, version);
    try {
      const answer = await client.library.list({
        ...$state.snapshot(this.query),
        offset: page * PAGE,
        limit: PAGE,
      });
      if (version !== this.version) return;
      this.total = answer.total;
      this.#pages.set(page, answer.images);
    } catch (error) {
      if (version !== this.version) return;
      this.#asked.delete(page);
      notices.fail(error);
    }
  }
}

export const images = new Images();
