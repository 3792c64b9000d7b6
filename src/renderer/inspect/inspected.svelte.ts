/** @file The image that is looked at, its maps, and what they say at the chosen budgets. */
import { entropyTable, type MaskKind, type NoiseScale } from '../../contract/noiseMap';
import type { ImageItem } from '../../contract/types';
import { fractionAt } from '../drawing/fraction';
import { mediaUrl } from '../rpc';
import { images } from '../state/images.svelte';
import { maps, type NoiseMap } from '../state/maps';
import { notices } from '../state/notices.svelte';
import { runs } from '../state/runs.svelte';
import { settings } from '../state/settings.svelte';

export const BUDGET_KEY = { positive: 'positiveBudget', negative: 'negativeBudget' } as const;

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

  /** Takes up what `images.current` stands at. */
  async show(item: ImageItem | undefined): Promise<void> {
    if (item?.id !== this.item?.id) {
      this.maps = null;
      this.picture = null;
    }
    this.item = item;
    if (!item) return;
    try {
      const [found, picture] = await Promise.all([mapsOf(item.id), this.picture ?? load(item)]);
      if (this.item !== item) return;
      this.maps = found;
      this.picture = picture;
      this.#prefetch();
    } catch (error) {
      if (this.item === item) notices.fail(error);
    }
  }

  #prefetch(): void {
    for (const by of [1, -1]) {
      const item = images.at(images.current + by);
      if (!item) continue;
      // Only to have it sooner: whoever needs it asks again and is told.
      mapsOf(item.id).catch(() => {});
      new Image().src = sourceOf(item);
    }
  }
}

export const inspected = new Inspected();

async function mapsOf(imageId: number): Promise<NoiseMap[]> {
  const found = await Promise.all([maps.of(imageId, 'positive'), maps.of(imageId, 'negative')]);
  return found.filter((map) => map !== null);
}

const otherMask = (mask: MaskKind): MaskKind => (mask === 'positive' ? 'negative' : 'positive');

/** Larger than a screen shows at once only where the image is. */
const VIEW = 2048;

export function sourceOf({ id, width, height }: ImageItem): string {
  return mediaUrl.image(id, Math.max(width, height) > VIEW ? VIEW : undefined);
}

async function load(item: ImageItem): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = sourceOf(item);
  await picture.decode().catch(() => {
    throw new Error(`${item.path} cannot be shown; it may have left the folder.`);
  });
  return picture;
}

const tables = new Map<string, (q: number) => number>();

/** Bits of the noise of a pixel (0 = known, 8 = nothing is known), as a function of q. */
export function entropyOfFraction(scale: NoiseScale): (q: number) => number {
  const key = `${scale.sigmaMin} ${scale.sigmaMax} ${scale.pixelScale}`;
  const table = tables.get(key) ?? entropyTable(scale);
  tables.set(key, table);
  return table;
}

const BINS = 32;
export const LARGEST_ENTROPY = 8;

/** Mean and total bits of a map at a budget, and how many of its pixels have how many. */
export function entropies(map: NoiseMap, budget: number, pixels: number) {
  const bits = entropyOfFraction(map.scale);
  const histogram = new Array<number>(BINS).fill(0);
  const { values } = fractionAt(map.logOdds, budget);
  let sum = 0;
  for (const q of values) {
    const value = bits(q);
    sum += value;
    histogram[Math.min(Math.floor((value / LARGEST_ENTROPY) * BINS), BINS - 1)]!++;
  }
  const meanBits = sum / values.length;
  return {
    meanBits,
    totalBits: meanBits * pixels,
    histogram: histogram.map((number) => number / values.length),
  };
}
