/** @file The image that is looked at, its maps, and what they say at the chosen budgets. */
import { SvelteMap } from 'svelte/reactivity';
import { ATTRIBUTIONS } from '../../contract/explain';
import type { Grid, MaskKind } from '../../contract/noiseMap';
import type { ImageItem } from '../../contract/types';
import { differenceField, type Field, maskField, methodField } from '../drawing/field';
import { client, explain } from '../rpc';
import { images } from '../state/images.svelte';
import { maps, type NoiseMap } from '../state/maps';
import { notices } from '../state/notices.svelte';
import { runs } from '../state/runs.svelte';
import { type PaneKind, settings } from '../state/settings.svelte';
import { curves } from './curve.svelte';
import { gridOf } from './decode';
import { methodOf, runOf } from './layers';
import { forgetPictures, load, warmUp } from './picture';

export const BUDGET_KEY = { positive: 'positiveBudget', negative: 'negativeBudget' } as const;

/** What a pane has to show; while there is nothing, why. */
export type Shown =
  | { state: 'ready'; field: Field }
  | { state: 'waiting'; words: string }
  | { state: 'absent'; words: string };

type Loaded = { map: NoiseMap } | { grid: Grid } | Exclude<Shown, { state: 'ready' }>;

class Inspected {
  item = $state.raw<ImageItem>();
  maps = $state.raw<NoiseMap[] | null>(null);
  /** Decoded, for the noise to be added to. */
  picture = $state.raw<HTMLImageElement | null>(null);
  /** Changes the grain of the noise. */
  seed = $state(1);
  noisyMask = $state<MaskKind>('positive');
  /** Noise on the pixels that the encoder sees, or on the image's own. */
  grain = $state<'encoder' | 'image'>('encoder');
  /** Point of the image under the pointer, in any pane. */
  pointer = $state.raw<{ u: number; v: number } | null>(null);
  /** Of several runs of a kind, the one that is looked at; null is the newest. */
  readonly chosenRun = $state<Record<MaskKind, number | null>>({ positive: null, negative: null });
  /** Maps of the image that a pane has asked for, beside the two chosen ones. */
  readonly #others = new SvelteMap<PaneKind, Loaded>();
  #asking = new AbortController();
  #project: string | undefined;

  readonly shownNoisyMask = $derived(this.mapOf(this.noisyMask) ? this.noisyMask : otherMask(this.noisyMask));
  /** The maps of the image, the positive one first. */
  readonly shownMaps = $derived(this.maps ?? []);

  mapOf(mask: MaskKind): NoiseMap | undefined {
    return this.maps?.find((map) => map.mask === mask);
  }

  /** Side of the square on which the encoder sees the image; a map is a few times coarser. */
  sizeOf({ runId, logOdds }: NoiseMap): number {
    const run = runs.list.find(({ id }) => id === runId);
    return (run?.config.training as { size?: number } | undefined)?.size ?? logOdds.width;
  }

  budgetOf(mask: MaskKind): number {
    return settings.values[BUDGET_KEY[mask]];
  }

  /** Another project has other images and runs under the same numbers. */
  enter(project: string | undefined): void {
    if (project === this.#project) return;
    this.#project = project;
    this.item = undefined;
    this.maps = null;
    Object.assign(this.chosenRun, { positive: null, negative: null });
    curves.forget();
    forgetPictures();
  }

  choose(mask: MaskKind, runId: number | null): void {
    this.chosenRun[mask] = runId;
    void this.show(this.item);
  }

  /** Takes up what `images.current` stands at. */
  async show(item: ImageItem | undefined): Promise<void> {
    if (item?.id !== this.item?.id) {
      this.maps = null;
      this.picture = null;
    }
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#others.clear();
    this.item = item;
    if (!item) return;
    try {
      const [found, picture] = await Promise.all([this.#mapsOf(item.id), this.picture ?? load(item)]);
      if (this.item !== item) return;
      this.maps = found;
      this.picture = picture;
      this.#prefetch();
    } catch (error) {
      if (this.item === item) notices.fail(error);
    }
  }

  /** Asks for what the pane shows, where that is not there yet. */
  need(kind: PaneKind): void {
    if (kind === 'difference') for (const one of settings.values.difference) this.need(one);
    const { item } = this;
    if (!item || this.#others.has(kind)) return;
    if (runOf(kind) !== null) void this.#keep(kind, 'Reading the map …', this.#ofRun(item.id, runOf(kind)!));
    const method = methodOf(kind);
    if (method)
      void this.#keep(kind, `Computing ${ATTRIBUTIONS[method].title} …`, this.#ofMethod(item.id, method));
  }

  /** Null where a pane shows no map. */
  shown(kind: PaneKind): Shown | null {
    if (kind === 'original' || kind === 'noisy') return null;
    if (kind === 'difference') return this.#difference();
    if (kind === 'positive' || kind === 'negative') {
      const map = this.mapOf(kind);
      if (map) return this.#ready(map);
      const words = `No ${kind} map of this image yet; train the ${kind} mask first.`;
      return this.maps ? { state: 'absent', words } : { state: 'waiting', words: 'Reading the map …' };
    }
    const loaded = this.#others.get(kind);
    if (!loaded) return { state: 'waiting', words: 'Reading the map …' };
    if ('map' in loaded) return this.#ready(loaded.map);
    return 'grid' in loaded ? { state: 'ready', field: methodField(loaded.grid) } : loaded;
  }

  #ready(map: NoiseMap): Shown {
    const share = settings.values[`${map.mask}Range`];
    return { state: 'ready', field: maskField(map, this.budgetOf(map.mask), share) };
  }

  #difference(): Shown {
    const [a, b] = settings.values.difference.map((kind) => this.shown(kind)!);
    if (a?.state !== 'ready') return a!;
    if (b?.state !== 'ready') return b!;
    return { state: 'ready', field: differenceField(a.field, b.field) };
  }

  async #keep(kind: PaneKind, words: string, asked: Promise<Loaded>): Promise<void> {
    const { signal } = this.#asking;
    this.#others.set(kind, { state: 'waiting', words });
    const loaded = await asked.catch((error): Loaded => ({ state: 'absent', words: explain(error).message }));
    if (!signal.aborted) this.#others.set(kind, loaded);
  }

  async #ofRun(imageId: number, runId: number): Promise<Loaded> {
    const map = await maps.of(imageId, runId);
    return map ? { map } : { state: 'absent', words: `Run ${runId} has no map of this image.` };
  }

  async #ofMethod(imageId: number, method: keyof typeof ATTRIBUTIONS): Promise<Loaded> {
    const runId = this.mapOf(this.shownNoisyMask)?.runId;
    const { signal } = this.#asking;
    return { grid: gridOf(await client.explain.attribute({ imageId, method, runId }, { signal })) };
  }

  async #mapsOf(imageId: number): Promise<NoiseMap[]> {
    const { positive, negative } = this.chosenRun;
    const found = await Promise.all([
      maps.of(imageId, positive ?? 'positive'),
      maps.of(imageId, negative ?? 'negative'),
    ]);
    return found.filter((map) => map !== null);
  }

  /** Only to have it sooner: whoever needs it asks again and is told. */
  #prefetch(): void {
    for (const by of [1, -1]) {
      const item = images.at(images.current + by);
      if (!item) continue;
      this.#mapsOf(item.id).catch(() => {});
      warmUp(item);
    }
  }
}

export const inspected = new Inspected();

const otherMask = (mask: MaskKind): MaskKind => (mask === 'positive' ? 'negative' : 'positive');
