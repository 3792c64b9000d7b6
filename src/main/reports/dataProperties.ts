/** @file What goes with a class in the data, whether or not the encoder uses it. */
import type { DataProperty } from '../../contract/reports';
import { LEAST_RIGHT, type RegionFinding } from './effects';
import { shares } from './figures';
import type { Nomination } from './nominations';
import type { FoundProperty } from './properties';
import { RANKED } from './ranking';
import type { Material } from './types';
import { describeProperty } from './words';

const PROPERTY_P = 0.01;
/** How far above the largest class' share a property has to predict before it is listed. */
const PROPERTY_GAIN = 0.1;

const NOT_SHOWN = 'The interventions did not show that the encoder relies on it.';
const NOT_TESTED = `Fewer than ${LEAST_RIGHT} images that are answered right have it, or lack it, so no intervention was made.`;

/** Places and patterns of the data that no intervention could show the encoder to rely on, and properties beyond chance. */
export function dataPropertiesOf(
  { classes, subjects, size }: Material,
  nominations: Nomination[],
  regions: RegionFinding[],
  properties: FoundProperty[],
): DataProperty[] {
  const proven = new Set(regions.filter((one) => one.proven).map(({ label }) => label));
  const places = nominations
    .filter(({ source, label }) => (source === 'colour' || source === 'pattern') && !proven.has(label))
    .map(({ label, source, why, boxOf }) => {
      const tested = regions.some((one) => one.label === label && one.source === source && one.why === why);
      const boxes = subjects.flatMap((subject) => {
        const box = subject.label === label ? boxOf(subject) : null;
        return box ? [{ id: subject.id, box }] : [];
      });
      return {
        className: classes[label]!,
        kind: source === 'colour' ? ('place' as const) : ('pattern' as const),
        sentence: `${why} ${tested ? NOT_SHOWN : NOT_TESTED}`,
        box: source === 'colour' && boxes[0] ? shares(boxes[0].box, size) : null,
        images: boxes.slice(0, RANKED).map(({ id }) => id),
      };
    });
  const telling = properties
    .filter(({ p, accuracy, majority }) => p <= PROPERTY_P && accuracy.mean >= majority + PROPERTY_GAIN)
    .map((property) => {
      const label = property.means.indexOf(Math.max(...property.means));
      return {
        ...{ className: classes[label]!, kind: 'property' as const, box: null },
        sentence: describeProperty(property),
        images: property.extremes[label]!.slice(0, RANKED),
      };
    });
  return [...places, ...telling];
}
