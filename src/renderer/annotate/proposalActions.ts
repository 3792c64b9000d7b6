/** @file What is done with the proposal that is looked at: one key each. */
import { annotator } from './annotator.svelte';
import { proposals } from './proposals.svelte';
import { TOOLS } from './tools';

export function acceptCurrent(): void {
  if (proposals.current) proposals.accept(annotator, proposals.current);
}

/** Keeps it, and what is too much can be erased at once. */
export function trimCurrent(): void {
  if (!proposals.current) return;
  proposals.accept(annotator, proposals.current);
  annotator.choose(TOOLS.find(({ id }) => id === 'eraser')!);
}

export function rejectCurrent(): void {
  if (!proposals.current) return;
  proposals.reject(proposals.current);
  annotator.say('Proposal rejected.');
}
