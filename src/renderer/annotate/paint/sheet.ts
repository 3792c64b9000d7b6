/** @file All regions of an image, indexed and drawn, kept in step with what is known of them. */
import type { Region } from '../../../contract/annotations';
import { boundsOf } from '../../../contract/geometry/measure';
import type { Bounds } from '../geometry/spans';
import { RegionIndex } from '../regionIndex';
import { type Colours, colourOf, drawShape, OVERHANG } from './style';
import { Tiles } from './tiles';

/** What decides how regions are drawn beside themselves. */
export interface Look {
  selected: ReadonlySet<number>;
  /** Shown elsewhere just now, as something is done with them. */
  away: ReadonlySet<number>;
  colours: Colours;
}

const PLAIN: Look = { selected: new Set(), away: new Set(), colours: new Map() };

export class Sheet {
  readonly index = new RegionIndex();
  readonly tiles = new Tiles((context, area, scale) => this.#paint(context, area, scale));
  #regions: readonly Region[] = [];
  #look = PLAIN;

  /** Takes up regions and look; what has changed is drawn again when it is next asked for. */
  update(regions: readonly Region[], look: Look): void {
    if (regions !== this.#regions) {
      this.#regions = regions;
      for (const bounds of this.index.update(regions)) this.#invalidate(bounds);
    }
    const before = this.#look;
    if (look === before) return;
    this.#look = look;
    if (look.colours !== before.colours) this.tiles.clear();
    for (const set of ['selected', 'away'] as const)
      for (const { id, geometry } of regions)
        if (look[set].has(id) !== before[set].has(id)) {
          const { x, y, width, height } = boundsOf(geometry);
          this.#invalidate({ left: x, top: y, right: x + width, bottom: y + height });
        }
  }

  #invalidate(bounds: Bounds): void {
    this.tiles.invalidate(bounds, OVERHANG * window.devicePixelRatio);
  }

  #paint(context: OffscreenCanvasRenderingContext2D, area: Bounds, scale: number): void {
    const { selected, away, colours } = this.#look;
    const pixel = window.devicePixelRatio / scale;
    const by = OVERHANG * pixel;
    const wider = {
      left: area.left - by,
      top: area.top - by,
      right: area.right + by,
      bottom: area.bottom + by,
    };
    for (const { id, label, geometry, hidden } of this.index.within(wider))
      if (!hidden && !away.has(id))
        drawShape(context, geometry, colourOf(colours, label), pixel, selected.has(id));
  }
}
