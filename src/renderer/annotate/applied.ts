/** @file What regions are after changes, as the program will make them too. */
import type { Region, RegionChange } from '../../contract/annotations';

export interface Kept {
  regions: readonly Region[];
  /** Of the regions that were put, in order. */
  ids: number[];
}

/** @param newId gives regions that are new a number of their own */
export function applied(
  regions: readonly Region[],
  changes: readonly RegionChange[],
  imageId: number,
  newId: () => number,
): Kept {
  const after = new Map(regions.map((region) => [region.id, region]));
  const now = new Date().toISOString();
  const ids: number[] = [];
  for (const change of changes) {
    if ('remove' in change) {
      after.delete(change.remove);
      continue;
    }
    const { id = newId(), ...put } = change.put;
    // What is gone by now is not made again.
    if (change.put.id !== undefined && !after.has(id)) continue;
    const before = after.get(id) ?? {
      imageId,
      label: '',
      name: null,
      locked: false,
      hidden: false,
      createdAt: now,
      geometry: put.geometry!,
    };
    after.set(id, { ...before, ...put, id, updatedAt: now });
    ids.push(id);
  }
  return { regions: [...after.values()], ids };
}

/** The same changes in the program's own numbers. */
export function settled(changes: readonly RegionChange[], ids: ReadonlyMap<number, number>): RegionChange[] {
  const known = (id: number) => ids.get(id) ?? id;
  return changes.map((change) => {
    if ('remove' in change) return { remove: known(change.remove) };
    const { id, ...put } = change.put;
    return { put: id === undefined ? put : { id: known(id), ...put } };
  });
}
