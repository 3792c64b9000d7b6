/** @file What the library knows beside the images of its view, and what it does with those that were chosen. */
import type { ImageGroup, LibraryFacets, TagCount } from '../../contract';
import { exportWish } from '../exports/exportWish.svelte';
import { client } from '../rpc';
import { app } from '../state/app.svelte';
import { EVERYTHING, images, type LibraryQuery } from '../state/images.svelte';
import { attempt } from '../state/notices.svelte';
import { selection } from '../state/selection.svelte';
import { settings } from '../state/settings.svelte';

/** More ids than this are not sent along with every page of a view. */
export const MOST_SHOWN = 5000;
const TILE = { least: 72, most: 320 };

class Library {
  facets = $state.raw<LibraryFacets | null>(null);
  tags = $state.raw<TagCount[]>([]);
  /** Groups that got a name in a report. */
  groups = $state.raw<ImageGroup[]>([]);
  tagging = $state(false);
  searchField = $state.raw<HTMLInputElement | null>(null);

  async load(): Promise<void> {
    this.facets = (await attempt(() => client.library.facets())) ?? this.facets;
    this.tags = (await attempt(() => client.annotations.tags())) ?? this.tags;
    this.groups = (await attempt(() => client.reports.groups())) ?? this.groups;
  }

  /** Whether there is something to sort by. */
  has(sort: LibraryQuery['sort']): boolean {
    return sort === 'name' || (this.facets?.sortable[sort] ?? 0) > 0;
  }

  /** The chosen images, or the one that the keys stand at. */
  get targets(): number[] {
    const current = images.at(images.current)?.id;
    return selection.size > 0 ? selection.ids : current === undefined ? [] : [current];
  }

  async mark(checked: boolean): Promise<void> {
    const imageIds = this.targets;
    if (imageIds.length > 0) await attempt(() => client.annotations.setState({ imageIds, checked }));
    this.#changed();
  }

  async tag(name: string, add: boolean): Promise<void> {
    const change = add ? { addTags: [name] } : { removeTags: [name] };
    await attempt(() => client.annotations.setState({ imageIds: this.targets, ...change }));
    this.#changed();
  }

  /** Shows the chosen images alone, from the first of them. */
  inspect(): void {
    if (selection.size > 0) images.narrow({ ...EVERYTHING, ids: selection.ids.slice(0, MOST_SHOWN) });
    app.go('inspect');
  }

  export(): void {
    exportWish.imageIds = selection.size > 0 ? selection.ids : null;
    app.exportOpen = true;
  }

  resize(by: number): void {
    const size = settings.values.tileSize + by;
    settings.set('tileSize', Math.min(Math.max(size, TILE.least), TILE.most));
  }

  #changed(): void {
    images.refresh();
    void this.load();
  }
}

export const library = new Library();
