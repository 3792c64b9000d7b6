/** @file Which pixels of an image play a role. */
import type { Label, LabelRole, Region } from '../annotations';
import type { Mask } from './mask';
import { paint, rasterise } from './raster';

/**
 * The union of the regions whose label has the role, less those to be ignored (whose own mask is all of them).
 * @returns null where no region has the role
 */
export function roleMask(
  regions: readonly Pick<Region, 'label' | 'geometry'>[],
  labels: readonly Pick<Label, 'name' | 'role'>[],
  role: LabelRole,
  width: number,
  height: number,
): Mask | null {
  const roles = new Map(labels.map((label) => [label.name, label.role]));
  const of = (wanted: LabelRole) => regions.filter(({ label }) => roles.get(label) === wanted);
  const chosen = of(role);
  if (chosen.length === 0) return null;
  const mask = rasterise(
    chosen.map(({ geometry }) => geometry),
    width,
    height,
  );
  if (role !== 'ignore') for (const { geometry } of of('ignore')) paint(mask, geometry, 0);
  return mask;
}
