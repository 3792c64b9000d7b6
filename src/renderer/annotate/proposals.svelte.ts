/** @file Regions that a map proposes: every piece above the threshold, to be accepted, trimmed or rejected. */
import type { MaskKind } from '../../contract/noiseMap';
import { inspected } from '../inspect/inspected.svelte';
import { shownSaliency } from '../state/shownSaliency';
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
  /** Those that were accepted or rejected, by what they are: the list is made anew whenever the image is read again. */
  #done = $state.raw<ReadonlySet<string>>(new Set());

  /** The map that proposes: the other one where the one that is wanted is not there. */
  readonly map = $derived(inspected.mapOf(this.wanted) ?? inspected.shownMaps[0]);
  readonly bits = $derived(this.map ? this.threshold * shownSaliency(this.map.mask, this.map.scale).max : 0);
  readonly #found: Spans[] = $derived.by(() => {
    const { map } = this;
    if (!this.shown || !map || !inspected.item) return [];
    const saliency = shownSaliency(map.mask, map.scale);
    return piecesAbove(map, inspected.budgetOf(map.mask), saliency, this.bits, inspected.item);
  });
  readonly list: Spans[] = $derived(this.#found.filter((spans) => !this.#done.has(keyOf(spans))));
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
    this.#leave(spans);
    const [id] = desk.commit('accept proposal', [{ put: { label: desk.label, geometry: toBrush(spans)! } }]);
    if (id !== undefined) desk.select([id]);
    return id;
  }

  acceptAll(desk: Desk): void {
    const all = this.list;
    if (all.length === 0) return;
    const changes = all.map((spans) => ({ put: { label: desk.label, geometry: toBrush(spans)! } }));
    desk.select(desk.commit('accept proposals', changes));
    this.#done = new Set([...this.#done, ...all.map(keyOf)]);
  }

  reject(spans: Spans): void {
    this.#leave(spans);
  }

  #leave(spans: Spans): void {
    this.#done = new Set([...this.#done, keyOf(spans)]);
  }
}

/** Pieces of one map do not overlap: where the first row begins and how large it is tells one from another. */
const keyOf = (spans: Spans): string =>
  `${inspected.item?.id} ${spans.top} ${spans.rows[0]?.[0]} ${areaOf(spans)}`;

export const proposals = new Proposals();
