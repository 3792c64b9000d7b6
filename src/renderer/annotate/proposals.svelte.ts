/** @file Regions that a map proposes: every piece above the threshold, to be accepted, trimmed or rejected. */
import type { MaskKind } from '../../contract/noiseMap';
import { inspected } from '../inspect/inspected.svelte';
import { shownSaliency } from '../state/shownSaliency';
import { annotations } from './annotations.svelte';
import { toBrush } from './geometry/brush';
import { areaOf, contains, type Spans } from './geometry/spans';
import type { Point } from './geometry/strokes';
import { piecesAbove } from './growth';
import type { Desk } from './tools/tool';

class Proposals {
  shown = $state(false);
  wanted = $state<MaskKind>('positive');
  /** As a share of the map's legend. */
  threshold = $state(0.5);
  #position = $state(0);
  /** Those that were rejected, by what they are: the list is made anew whenever the image is read again. */
  #rejected = $state.raw<ReadonlySet<string>>(new Set());
  /** Regions that were made of proposals. One that is taken back is a proposal again. */
  #accepted = $state.raw<ReadonlyMap<string, number>>(new Map());

  /** The map that proposes: the other one where the one that is wanted is not there. */
  readonly map = $derived(inspected.mapOf(this.wanted) ?? inspected.shownMaps[0]);
  readonly bits = $derived(this.map ? this.threshold * shownSaliency(this.map.mask, this.map.scale).max : 0);
  readonly #found: Spans[] = $derived.by(() => {
    const { map } = this;
    if (!this.shown || !map || !inspected.item) return [];
    const saliency = shownSaliency(map.mask, map.scale);
    return piecesAbove(map, inspected.budgetOf(map.mask), saliency, this.bits, inspected.item);
  });
  readonly #kept = $derived(new Set(annotations.regions.map(({ id }) => id)));
  readonly list: Spans[] = $derived(this.#found.filter((spans) => this.#isOpen(keyOf(spans))));
  readonly position = $derived(Math.min(this.#position, Math.max(this.list.length - 1, 0)));
  readonly current: Spans | undefined = $derived(this.list[this.position]);

  step(by: number): void {
    const { length } = this.list;
    if (length > 0) this.#position = (this.position + by + length) % length;
  }

  goTo(position: number): void {
    this.#position = position;
  }

  /** The smallest under a point. */
  at({ x, y }: Point): Spans | undefined {
    return this.list.findLast((spans) => contains(spans, x, y));
  }

  /** Makes a region of it. @returns its id */
  accept(desk: Desk, spans: Spans): number | undefined {
    return this.#accept(desk, 'accept proposal', [spans])[0];
  }

  acceptAll(desk: Desk): void {
    if (this.list.length > 0) this.#accept(desk, 'accept proposals', this.list);
  }

  reject(spans: Spans): void {
    this.#rejected = new Set([...this.#rejected, keyOf(spans)]);
  }

  #accept(desk: Desk, title: string, all: Spans[]): number[] {
    const changes = all.map((spans) => ({ put: { label: desk.label, geometry: toBrush(spans)! } }));
    const ids = desk.commit(title, changes);
    this.#accepted = new Map([...this.#accepted, ...all.map((spans, i) => [keyOf(spans), ids[i]!] as const)]);
    desk.select(ids);
    return ids;
  }

  #isOpen(key: string): boolean {
    const id = this.#accepted.get(key);
    // Until the regions have come nothing is said of those that were accepted.
    const taken = id !== undefined && (!annotations.ready || this.#kept.has(annotations.idOf(id)));
    return !taken && !this.#rejected.has(key);
  }
}

/** Pieces of one map do not overlap: where the first row begins and how large it is tells one from another. */
const keyOf = (spans: Spans): string =>
  `${inspected.item?.id} ${spans.top} ${spans.rows[0]?.[0]} ${areaOf(spans)}`;

export const proposals = new Proposals();
