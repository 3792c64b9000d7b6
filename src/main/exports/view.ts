import { noiseFraction, resample, saliencyTable } from '../../contract/noiseMap';
import type { ExportImage, ExportMap, View } from './types';

/**
 * A map at a budget. The budget is met at map resolution, and q is what is enlarged: interpolation keeps its mean, so
 * the exported map has the budget that was asked for, and looks as it does in the window.
 */
export function viewOf(image: ExportImage, map: ExportMap, budget: number): View {
  const { mask, scale, width, height, values } = map;
  const logOdds = { width, height, values };
  const fraction = noiseFraction(logOdds, budget);
  const fullFraction = once(() => resample(fraction, image.width, image.height));
  const saliency = once(() => {
    const full = fullFraction();
    return { ...full, values: full.values.map(saliencyTable(mask, scale)) };
  });
  return { mask, scale, budget, logOdds, fraction, fullFraction, saliency };
}

function once<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
