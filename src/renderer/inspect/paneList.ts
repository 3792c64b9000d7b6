/** @file One to four panes, and what each shows. */
import { type PaneKind, settings } from '../state/settings.svelte';
import { USUAL } from './layers';

export const MOST_PANES = 4;

export function showIn(place: number, kind: PaneKind): void {
  settings.set('panes', settings.values.panes.with(place, kind));
}

export function removePane(place: number): void {
  const left = settings.values.panes.filter((_, i) => i !== place);
  if (left.length > 0) settings.set('panes', left);
}

/** More panes show what is not shown yet, in the usual order. */
export function setPaneCount(count: number): void {
  const { panes } = settings.values;
  const more = USUAL.map(({ value }) => value).filter((kind) => !panes.includes(kind));
  const all = [...panes, ...more].slice(0, count);
  while (all.length < count) all.push('original');
  settings.set('panes', all);
}

/** Brings a pane or takes it away; the last one stays, and a fifth takes the place of the fourth. */
export function togglePane(kind: PaneKind): void {
  const { panes } = settings.values;
  if (panes.includes(kind)) removePane(panes.indexOf(kind));
  else settings.set('panes', [...panes.slice(0, MOST_PANES - 1), kind]);
}
