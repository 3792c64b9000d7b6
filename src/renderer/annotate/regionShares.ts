/** @file How much of a map's information lies in each region of the image. */
import type { Geometry, Region } from '../../contract/annotations';
import type { Field } from '../drawing/field';
import { pixelsOf } from './geometry/shapes';
import type { Size, Spans } from './geometry/spans';
import { Sums } from './sums';

export interface RegionShare {
  region: Region;
  /** Of the sum over the image, 0..1. */
  share: number;
  /** Of the image's area, 0..1. */
  area: number;
}

const known = new WeakMap<Geometry, Spans>();

function spansOf(shape: Geometry, size: Size): Spans {
  const found = known.get(shape) ?? pixelsOf(shape, size);
  known.set(shape, found);
  return found;
}

/** The most first. Where regions overlap, what lies in both counts for both. */
export function regionShares(regions: readonly Region[], field: Field, size: Size): RegionShare[] {
  if (regions.length === 0) return [];
  const sums = new Sums(field, size);
  return regions
    .map((region) => {
      const pixels = spansOf(region.geometry, size);
      return { region, share: sums.share(pixels), area: sums.area(pixels) };
    })
    .sort((a, b) => b.share - a.share);
}
