/** @file The tabs of the side panel, in their order. A tool with a panel of its own is one line here. */
import type { Component } from 'svelte';
import AnnotatePanel from '../annotate/AnnotatePanel.svelte';
import LookPanel from './LookPanel.svelte';
import MeasurePanel from './MeasurePanel.svelte';

export interface InspectTab {
  value: string;
  label: string;
  /** What it is for, in a few words. */
  title: string;
  panel: Component;
}

export const TABS: InspectTab[] = [
  { value: 'look', label: 'Look', title: 'What is shown, and in which colours', panel: LookPanel },
  { value: 'measure', label: 'Measure', title: 'What the maps hold, in bits', panel: MeasurePanel },
  {
    value: 'annotate',
    label: 'Annotate',
    title: 'What is drawn on the image and said of it',
    panel: AnnotatePanel,
  },
];
