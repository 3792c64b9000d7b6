/** @file Which regions lie where, so that neither a redraw nor a click has to look at all of them. */
import RBush from 'rbush';
import type { Region } from '../../contract/annotations';
import { boundsOf } from '../../contract/geometry/measure';
import { isUnder } from './geometry/shapes';
import type { Bounds } from './geometry/spans';
import type { Point } from './geometry/strokes';

interface Entry {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  /** Later ones lie above. */
  order: number;
  region: Region;
}

export class RegionIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<number, Entry>();

  /**
   * Takes up another list. Regions that are the same objects as before are not touched.
   * @returns where something has come, gone or changed
   */
  update(regions: readonly Region[]): Bounds[] {
    const changed: Bounds[] = [];
    const gone = new Set(this.#entries.keys());
    const added: Entry[] = [];
    regions.forEach((region, order) => {
      gone.delete(region.id);
      const known = this.#entries.get(region.id);
      if (known) known.order = order;
      if (known?.region === region) return;
      if (known) changed.push(this.#remove(known));
      const entry = entryOf(region, order);
      this.#entries.set(region.id, entry);
      added.push(entry);
      changed.push(boundsOfEntry(entry));
    });
    for (const id of gone) {
      changed.push(this.#remove(this.#entries.get(id)!));
      this.#entries.delete(id);
    }
    this.#tree.load(added);
    return changed;
  }

  /** Those whose bounds meet a rectangle, the lowest first. */
  within({ left, top, right, bottom }: Bounds): Region[] {
    return this.#tree
      .search({ minX: left, minY: top, maxX: right, maxY: bottom })
      .sort((a, b) => a.order - b.order)
      .map(({ region }) => region);
  }

  /** The smallest of those under a point: one that lies in or below a larger one can still be reached. */
  at(point: Point, slack: number): Region | undefined {
    const { x, y } = point;
    const near = this.#tree.search({ minX: x - slack, minY: y - slack, maxX: x + slack, maxY: y + slack });
    const area = ({ minX, minY, maxX, maxY }: Entry) => (maxX - minX) * (maxY - minY);
    return near
      .filter(({ region }) => !region.hidden && isUnder(region.geometry, point, slack))
      .sort((a, b) => area(a) - area(b) || b.order - a.order)[0]?.region;
  }

  #remove(entry: Entry): Bounds {
    this.#tree.remove(entry);
    return boundsOfEntry(entry);
  }
}

function entryOf(region: Region, order: number): Entry {
  const { x, y, width, height } = boundsOf(region.geometry);
  return { minX: x, minY: y, maxX: x + width, maxY: y + height, order, region };
}

const boundsOfEntry = ({ minX, minY, maxX, maxY }: Entry): Bounds => ({
  left: minX,
  top: minY,
  right: maxX,
  bottom: maxY,
});
