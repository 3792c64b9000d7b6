/** @file What keys do in the viewer. */
import { app } from '../state/app.svelte';
import { images } from '../state/images.svelte';
import type { Shortcut } from '../state/shortcuts.svelte';
import { inspected } from './inspected.svelte';
import { toggleLayer } from './look';
import { togglePane } from './paneList';
import { view } from './view.svelte';

export function step(by: number): void {
  images.current = Math.min(Math.max(images.current + by, 0), (images.total ?? 1) - 1);
}

/** CSS pixels that a key moves the image by. */
const PAN = 64;

export const inspectShortcuts: Shortcut[] = [
  { keys: ['d', 'ArrowRight'], label: 'Next image', run: () => step(1) },
  { keys: ['a', 'ArrowLeft'], label: 'Previous image', run: () => step(-1) },
  { keys: ['+', '='], label: 'Nearer', run: () => view.zoomBy(1.25) },
  { keys: ['-'], label: 'Farther', run: () => view.zoomBy(0.8) },
  { keys: ['Shift+ArrowRight'], label: 'Look further right', run: () => view.panBy(-PAN, 0) },
  { keys: ['Shift+ArrowLeft'], label: 'Look further left', run: () => view.panBy(PAN, 0) },
  { keys: ['Shift+ArrowDown'], label: 'Look further down', run: () => view.panBy(0, -PAN) },
  { keys: ['Shift+ArrowUp'], label: 'Look further up', run: () => view.panBy(0, PAN) },
  { keys: ['0', 'f'], label: 'Fit the image', run: () => view.fit() },
  { keys: ['z'], label: 'Pixel by pixel (1:1)', run: () => view.actualSize() },
  { keys: ['Shift+q'], label: 'Show or hide the original', run: () => togglePane('original') },
  { keys: ['Shift+w'], label: 'Show or hide the noisy sample', run: () => togglePane('noisy') },
  { keys: ['Shift+e'], label: 'Show or hide the positive map', run: () => togglePane('positive') },
  { keys: ['Shift+s'], label: 'Show or hide the negative map', run: () => togglePane('negative') },
  { keys: ['Shift+d'], label: 'Show or hide the difference', run: () => togglePane('difference') },
  { keys: ['m'], label: 'Show or hide the maps over the image', run: () => toggleLayer('map') },
  { keys: ['Shift+m'], label: 'Show or hide the annotations', run: () => toggleLayer('annotations') },
  { keys: ['Shift+t'], label: 'Show or hide the threshold', run: () => toggleLayer('threshold') },
  { keys: ['n'], label: 'Draw other noise', run: () => inspected.seed++ },
  { keys: ['Escape'], label: 'Back to the library', run: () => app.go('library') },
];
