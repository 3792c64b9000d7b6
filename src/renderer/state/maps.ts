/** @file Noise maps as the program keeps them, fetched once. */
import type { Grid, MaskKind } from '../../contract/noiseMap';
import type { MapCard } from '../../contract/types';
import { client, mediaUrl } from '../rpc';

export interface NoiseMap extends MapCard {
  logOdds: Grid;
}

/** Enough for some screens of tiles; a map of 64 x 64 takes 16 KB. */
const KEPT = 1200;
/** A browser opens six connections; some have to stay free for images and calls. */
const AT_ONCE = 3;

class Maps {
  readonly #kept = new Map<number, Promise<NoiseMap[]>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** The newest map of each kind of an image; none before a mask has been trained. */
  ofImage(imageId: number): Promise<NoiseMap[]> {
    const kept = this.#kept.get(imageId);
    if (kept) {
      this.#kept.delete(imageId);
      this.#kept.set(imageId, kept);
      return kept;
    }
    const asked = this.#inTurn(() => fetchMaps(imageId));
    this.#kept.set(imageId, asked);
    asked.catch(() => this.#kept.delete(imageId));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return asked;
  }

  clear(): void {
    this.#kept.clear();
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

async function fetchMaps(imageId: number): Promise<NoiseMap[]> {
  const cards = await client.maps.ofImage({ imageId });
  const newest = (['positive', 'negative'] as MaskKind[]).flatMap(
    (mask) => cards.find((card) => card.mask === mask) ?? [],
  );
  return Promise.all(newest.map(async (card) => ({ ...card, logOdds: await fetchLogOdds(card, imageId) })));
}

async function fetchLogOdds({ runId, width, height }: MapCard, imageId: number): Promise<Grid> {
  const response = await fetch(mediaUrl.map(runId, imageId));
  if (!response.ok) throw new Error((await response.json()).message);
  return { width, height, values: new Float32Array(await response.arrayBuffer()) };
}

export const maps = new Maps();
