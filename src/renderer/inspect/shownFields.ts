/** @file The maps that panes show now, each once. */
import type { Field } from '../drawing/field';
import { runs } from '../state/runs.svelte';
import { type PaneKind, settings } from '../state/settings.svelte';
import { inspected } from './inspected.svelte';
import { paneLabel } from './layers';

export interface ShownField {
  kind: PaneKind;
  label: string;
  field: Field;
}

export function shownFields(): ShownField[] {
  return [...new Set(settings.values.panes)].flatMap((kind) => {
    const shown = inspected.shown(kind);
    return shown?.state === 'ready' ? [{ kind, label: paneLabel(kind, runs.masks), field: shown.field }] : [];
  });
}
