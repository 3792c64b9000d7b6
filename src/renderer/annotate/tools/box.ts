import Square from '@lucide/svelte/icons/square';
import { boxBetween } from '../geometry/shapes';
import type { Point } from '../geometry/strokes';
import { Handles } from './handles';
import type { Desk, Tool, Touch } from './tool';

class BoxTool implements Tool {
  readonly id = 'box';
  readonly label = 'Box';
  readonly key = 'r';
  readonly hint = 'Drag from corner to corner; pull the handles. Enter puts a box in the middle.';
  readonly icon = Square;
  readonly cursor = 'crosshair';
  readonly pulls = true;
  readonly #handles = new Handles();
  #from: Point | null = null;

  press(desk: Desk, touch: Touch): boolean {
    if (!this.#handles.press(desk, touch)) this.#from = inside(touch.at, desk);
    return true;
  }

  move(desk: Desk, touch: Touch): string | undefined {
    const geometry = this.#from && boxBetween(this.#from, inside(touch.at, desk));
    if (!this.#from) return this.#handles.move(desk, touch);
    desk.draft = geometry && { kind: 'shapes', shapes: [{ label: desk.label, geometry }], hides: [] };
    return undefined;
  }

  lift(desk: Desk, touch: Touch): void {
    if (this.#handles.lift(desk) || !this.#from) return;
    const geometry = boxBetween(this.#from, inside(touch.at, desk));
    this.cancel(desk);
    // A click is no box.
    if (!geometry || Math.max(geometry.width, geometry.height) < touch.slack) return;
    desk.select(desk.commit('draw box', [{ put: { label: desk.label, geometry } }]));
  }

  /** Without a pointer: a box to be moved and resized by keys. */
  finish(desk: Desk): boolean {
    const { width, height } = desk.size;
    const part = { width: Math.max(Math.round(width / 4), 1), height: Math.max(Math.round(height / 4), 1) };
    const [x, y] = [Math.round((width - part.width) / 2), Math.round((height - part.height) / 2)];
    const geometry = { kind: 'box' as const, x, y, ...part };
    desk.select(desk.commit('draw box', [{ put: { label: desk.label, geometry } }]));
    return true;
  }

  cancel(desk: Desk): boolean {
    const begun = this.#from !== null;
    this.#from = null;
    if (begun) desk.draft = null;
    return this.#handles.cancel(desk) || begun;
  }
}

/** The nearest corner of a pixel: boxes have whole sides. */
const inside = ({ x, y }: Point, { size }: Desk): Point => ({
  x: Math.round(Math.min(Math.max(x, 0), size.width)),
  y: Math.round(Math.min(Math.max(y, 0), size.height)),
});

export const createBox = (): Tool => new BoxTool();
