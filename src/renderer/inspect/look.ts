/** @file What is shown of layers and thresholds, as the settings say. */
import type { Range } from '../drawing/field';
import { type Layer, settings } from '../state/settings.svelte';

export const isHidden = (layer: Layer): boolean => settings.values.hiddenLayers.includes(layer);

export function toggleLayer(layer: Layer): void {
  const { hiddenLayers } = settings.values;
  settings.set(
    'hiddenLayers',
    isHidden(layer) ? hiddenLayers.filter((one) => one !== layer) : [...hiddenLayers, layer],
  );
}

/** The value at the chosen share of the range that colours stand for. */
export const thresholdOf = ({ low, high }: Range): number => low + settings.values.threshold * (high - low);
