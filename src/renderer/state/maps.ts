/** @file Noise maps as the program keeps them, fetched once. */
import type { Grid, MaskKind, NoiseScale } from '../../contract/noiseMap';
import { client, mediaUrl } from '../rpc';
import { runs } from './runs.svelte';

export interface NoiseMap {
  runId: number;
  mask: MaskKind;
  scale: NoiseScale;
  logOdds: Grid;
}

/** Enough for some screens of tiles; a map of 16 x 16 takes 1 KB, one of 64 x 64 takes 16. */
const KEPT = 2000;
/** A browser opens six connections; some have to stay free for images and calls. */
const AT_ONCE = 4;

class Maps {
  readonly #kept = new Map<string, Promise<NoiseMap | null>>();
  /** One run has one scale, so most maps need no call beside their values. */
  readonly #scales = new Map<number, NoiseScale>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** The newest map of a kind, or that of a run; null before such a mask has been trained. */
  of(imageId: number, which: MaskKind | number): Promise<NoiseMap | null> {
    const key = `${which} ${imageId}`;
    const asked = this.#kept.get(key) ?? this.#inTurn(() => this.#fetch(imageId, which));
    // What was asked for last is dropped last.
    this.#kept.delete(key);
    this.#kept.set(key, asked);
    asked.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return asked;
  }

  /** The maps of images may have changed. */
  clear(): void {
    this.#kept.clear();
  }

  /** Another project has other runs under the same numbers. */
  forgetProject(): void {
    this.clear();
    this.#scales.clear();
  }

  async #fetch(imageId: number, which: MaskKind | number): Promise<NoiseMap | null> {
    const isIt = (mask: MaskKind | null, runId: number) => which === mask || which === runId;
    const newest = runs.masks.findLast(({ id, mask }) => isIt(mask, id));
    const scale = newest && this.#scales.get(newest.id);
    if (newest && scale) {
      const logOdds = await fetchLogOdds(newest.id, imageId);
      if (logOdds) return { runId: newest.id, mask: newest.mask!, scale, logOdds };
    }
    const cards = await client.maps.ofImage({ imageId });
    for (const card of cards) this.#scales.set(card.runId, card.scale);
    const card = cards.find(({ mask, runId }) => isIt(mask, runId));
    const logOdds = card && (await fetchLogOdds(card.runId, imageId));
    return card && logOdds ? { runId: card.runId, mask: card.mask, scale: card.scale, logOdds } : null;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      // The newest wish first: what was asked for before may have scrolled out of sight.
      this.#waiting.pop()?.();
    }
  }
}

/** Null if the run has no map of this image. */
async function fetchLogOdds(runId: number, imageId: number): Promise<Grid | null> {
  const response = await fetch(mediaUrl.map(runId, imageId));
  if (response.status === 404) return null;
  if (!response.ok) throw new Error((await response.json()).message);
  const side = (name: string) => Number(response.headers.get(`x-map-${name}`));
  const values = new Float32Array(await response.arrayBuffer());
  return { width: side('width'), height: side('height'), values };
}

export const maps = new Maps();
