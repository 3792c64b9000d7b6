/** @file The scale that colours stand for: one for all images, from nothing up to what was chosen. */
import type { MaskKind, NoiseScale } from '../../contract/noiseMap';
import { type Saliency, saliencyOf } from '../drawing/fraction';
import { settings } from './settings.svelte';

/** Bits of a pixel, and the top of the legend: the chosen share of the most that this range of noise allows. */
export function shownSaliency(mask: MaskKind, scale: NoiseScale): Saliency {
  const { of, max } = saliencyOf(mask, scale);
  return { of, max: max * settings.values[`${mask}Range`] };
}
