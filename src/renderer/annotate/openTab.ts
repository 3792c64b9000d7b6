import { settings } from '../state/settings.svelte';

/** Brings the options of the tool into sight. */
export function openAnnotateTab(): void {
  if (settings.values.inspectTab !== 'annotate') settings.set('inspectTab', 'annotate');
}
