/** @file From lists of one value an image to the figures of a report. */
import type { Comparison, Figure, ReportBox } from '../../contract/reports';
import { bootstrap, bootstrapMean } from '../saliency/scores/bootstrap';
import { type Noised, relativeForegroundSensitivity } from './interventions/noise';
import type { Compared } from './interventions/region';
import type { Box } from './types';

/** Of nothing: no image, no value. */
const NOTHING: Figure = { mean: 0, low: 0, high: 0, images: 0 };

export function figureOf(values: number[], seed: number): Figure {
  return values.length === 0 ? NOTHING : { ...bootstrapMean(values, seed), images: values.length };
}

/** RFS at one level of noise: both accuracies are of the same images, which are drawn together. */
export function rfsOf(noised: Noised[], level: number, seed: number): Figure {
  if (noised.length === 0) return NOTHING;
  const estimate = bootstrap(noised.length, seed, (drawn) => {
    let [background, object] = [0, 0];
    for (const i of drawn) {
      background += noised[i]!.background[level]!;
      object += noised[i]!.object[level]!;
    }
    return relativeForegroundSensitivity(background / drawn.length, object / drawn.length);
  });
  return { ...estimate, images: noised.length };
}

/** @param p corrected for all tests of the report */
export function comparisonOf(
  { region, control }: Pick<Compared, 'region' | 'control'>,
  p: number,
  seed: number,
): Comparison {
  return {
    region: figureOf(region, seed),
    control: figureOf(control, seed),
    difference: figureOf(
      region.map((value, i) => value - control[i]!),
      seed,
    ),
    p,
  };
}

export function shares({ x, y, width, height }: Box, size: number): ReportBox {
  return { x: x / size, y: y / size, width: width / size, height: height / size };
}
