/** @file What the export form holds, kept while the dialog is closed. */
import { DEFAULT_BUDGET } from '../../contract/noiseMap';
import type { ExportFormat, PreviewExport, StartExport } from '../../contract/types';
import { runs } from '../state/runs.svelte';
import { settings } from '../state/settings.svelte';
import type { MaskChoice } from '../train/wish.svelte';
import { isMapFormat } from './formats';

class ExportWish {
  #ticked = $state<ExportFormat[]>(['npy', 'overlay']);
  readonly trained = $derived(runs.masks.length > 0);
  /** What is ticked and can be written; maps that are ticked come back once a mask is trained. */
  readonly formats = $derived(this.#ticked.filter((format) => this.trained || !isMapFormat(format)));
  masks = $state<MaskChoice>('both');
  /** Otherwise each mask has its usual one. */
  ownBudget = $state(false);
  budget = $state(DEFAULT_BUDGET.positive);
  maskOf = $state<StartExport['maskOf']>('label');
  maskStyle = $state<StartExport['maskStyle']>('binary');
  /** Masks of where maps reach so many bits, in place of annotations. */
  ofMaps = $state(false);
  threshold = $state(1);
  cocoShapes = $state<StartExport['cocoShapes']>('drawn');
  /** Null exports all images. */
  imageIds = $state.raw<number[] | null>(null);
  parent = $state('');
  name = $state('');

  readonly out = $derived.by(() => {
    const slash = this.parent.includes('\\') ? '\\' : '/';
    return this.name ? `${this.parent.replace(/[\\/]$/, '')}${slash}${this.name}` : this.parent;
  });
  readonly complete = $derived(this.formats.length > 0 && this.parent !== '');

  tick(format: ExportFormat, on: boolean): void {
    const others = this.#ticked.filter((ticked) => ticked !== format);
    this.#ticked = on ? [...others, format] : others;
  }

  input(): StartExport {
    return { ...this.#what(), ...(this.imageIds ? { imageIds: this.imageIds } : {}), out: this.out };
  }

  preview(imageId: number): PreviewExport {
    return { ...this.#what(), imageId };
  }

  #what(): Omit<StartExport, 'out' | 'imageIds'> {
    const { colourMap, opacity } = settings.values;
    return {
      formats: [...this.formats],
      masks: this.masks === 'both' ? ['positive', 'negative'] : [this.masks],
      ...(this.ownBudget ? { budget: this.budget } : {}),
      colourMap,
      opacity,
      maskOf: this.maskOf,
      maskStyle: this.maskStyle,
      ...(this.ofMaps && this.formats.includes('mask') ? { threshold: this.threshold } : {}),
      cocoShapes: this.cocoShapes,
    };
  }
}

export const exportWish = new ExportWish();
