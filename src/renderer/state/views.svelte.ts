/** @file Views of the library that were saved with the project: what they show, and in which order. */
import { client } from '../rpc';
import { EVERYTHING, images, type LibraryQuery } from './images.svelte';
import { attempt } from './notices.svelte';

export interface SavedView {
  name: string;
  query: LibraryQuery;
}

const KEY = 'project.views';

class Views {
  list = $state.raw<SavedView[]>([]);

  async load(): Promise<void> {
    const kept = (await attempt(() => client.settings.get()))?.[KEY];
    this.list = Array.isArray(kept) ? (kept as SavedView[]) : [];
  }

  /** Saves the view one has; a name that is there already means another view from now on. */
  save(name: string): Promise<void> {
    const query = JSON.parse(JSON.stringify(images.query)) as LibraryQuery;
    return this.#put([...this.list.filter((view) => view.name !== name), { name, query }]);
  }

  remove(name: string): Promise<void> {
    return this.#put(this.list.filter((view) => view.name !== name));
  }

  show({ query }: SavedView): void {
    images.narrow({ ...EVERYTHING, ...query });
  }

  isShown({ query }: SavedView): boolean {
    const [wanted, shown] = [
      { ...EVERYTHING, ...query },
      { ...EVERYTHING, ...images.query },
    ];
    return (Object.keys(wanted) as (keyof LibraryQuery)[]).every(
      (key) => JSON.stringify(wanted[key]) === JSON.stringify(shown[key]),
    );
  }

  async #put(list: SavedView[]): Promise<void> {
    this.list = list;
    await attempt(() => client.settings.set({ key: KEY, value: JSON.parse(JSON.stringify(list)) }));
  }
}

export const views = new Views();
