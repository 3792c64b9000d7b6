import type { PaneKind } from '../state/settings.svelte';

export const PANES = [
  { value: 'original', label: 'Original', title: 'The image as it is' },
  { value: 'noisy', label: 'Noisy sample', title: 'The image under the noise of a mask' },
  { value: 'positive', label: 'Positive map', title: 'What has to stay clear' },
  { value: 'negative', label: 'Negative map', title: 'Where the least noise hurts most' },
] as const satisfies { value: PaneKind; label: string; title: string }[];
