import MousePointer from '@lucide/svelte/icons/mouse-pointer-2';
import type { Region } from '../../../contract/annotations';
import { moved } from '../geometry/shapes';
import type { Point } from '../geometry/strokes';
import { Handles } from './handles';
import { changeable, type Desk, type Tool, type Touch } from './tool';

type Drag = { kind: 'move'; from: Point; regions: Region[]; by: Point } | { kind: 'frame'; from: Point };

class SelectTool implements Tool {
  readonly id = 'select';
  readonly label = 'Select';
  readonly key = 'v';
  readonly hint =
    'Click a region, Shift+click more; drag moves, Shift+drag frames several. Elsewhere a drag pans.';
  readonly icon = MousePointer;
  readonly cursor = 'default';
  readonly pulls = true;
  readonly #handles = new Handles();
  #drag: Drag | null = null;

  press(desk: Desk, touch: Touch): boolean {
    if (this.#handles.press(desk, touch)) return true;
    const { at, slack, shift } = touch;
    const region = desk.regionAt(at, slack / 2);
    const ids = desk.selected.map(({ id }) => id);
    if (!region) {
      if (shift) this.#drag = { kind: 'frame', from: at };
      else desk.select([]);
      return shift;
    }
    const isSelected = ids.includes(region.id);
    if (shift) desk.select(isSelected ? ids.filter((id) => id !== region.id) : [...ids, region.id]);
    else if (!isSelected) desk.select([region.id]);
    this.#drag = shift ? null : { kind: 'move', from: at, regions: [], by: { x: 0, y: 0 } };
    return true;
  }

  move(desk: Desk, touch: Touch): string | undefined {
    const drag = this.#drag;
    const { at, slack } = touch;
    if (!drag) return this.#handles.move(desk, touch) ?? (desk.regionAt(at, slack / 2) && 'pointer');
    if (drag.kind === 'frame') {
      desk.draft = { kind: 'frame', from: drag.from, to: at };
      return 'crosshair';
    }
    drag.by = { x: at.x - drag.from.x, y: at.y - drag.from.y };
    // A click that trembles moves nothing.
    if (drag.regions.length === 0 && Math.hypot(drag.by.x, drag.by.y) < slack / 2) return 'move';
    if (drag.regions.length === 0) drag.regions = changeable(desk, desk.selected);
    if (drag.regions.length === 0) this.#drag = null;
    else
      desk.draft = {
        kind: 'shapes',
        shapes: drag.regions.map(({ label, geometry }) => ({
          label,
          geometry: moved(geometry, drag.by.x, drag.by.y, desk.size),
        })),
        hides: drag.regions.map(({ id }) => id),
      };
    return 'move';
  }

  lift(desk: Desk, { at }: Touch): void {
    if (this.#handles.lift(desk)) return;
    const drag = this.#drag;
    this.cancel(desk);
    if (drag?.kind === 'frame') {
      const met = desk.regionsWithin({
        left: Math.min(drag.from.x, at.x),
        top: Math.min(drag.from.y, at.y),
        right: Math.max(drag.from.x, at.x),
        bottom: Math.max(drag.from.y, at.y),
      });
      const ids = met.filter(({ hidden }) => !hidden).map(({ id }) => id);
      desk.select([...new Set([...desk.selected.map(({ id }) => id), ...ids])]);
    } else if (drag?.regions.length) move(desk, drag.regions, drag.by.x, drag.by.y);
  }

  cancel(desk: Desk): boolean {
    const begun = this.#drag !== null;
    this.#drag = null;
    if (begun) desk.draft = null;
    return this.#handles.cancel(desk) || begun;
  }
}

/** As one step, by the pointer and by the arrow keys alike. */
export function move(desk: Desk, regions: readonly Region[], dx: number, dy: number): void {
  const changes = regions.map(({ id, geometry }) => ({
    put: { id, geometry: moved(geometry, dx, dy, desk.size) },
  }));
  if (changes.length > 0) desk.commit(changes.length === 1 ? 'move region' : 'move regions', changes);
}

export const createSelect = (): Tool => new SelectTool();
