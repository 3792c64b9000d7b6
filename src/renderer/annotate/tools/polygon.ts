import Pentagon from '@lucide/svelte/icons/pentagon';
import type { Ring } from '../../../contract/annotations';
import type { Point } from '../geometry/strokes';
import { Handles } from './handles';
import type { Desk, Tool, Touch } from './tool';

const LEAST = 3;

class PolygonTool implements Tool {
  readonly id = 'polygon';
  readonly label = 'Polygon';
  readonly key = 'p';
  readonly hint =
    'Click corners; Enter, a double click or the first corner closes. Drag corners or between them, Alt+click removes one.';
  readonly icon = Pentagon;
  readonly cursor = 'crosshair';
  readonly pulls = true;
  readonly #handles = new Handles();
  #points: Point[] = [];

  press(desk: Desk, touch: Touch): boolean {
    const [first] = this.#points;
    if (!first && this.#handles.press(desk, touch)) return true;
    const { slack } = touch;
    const at = inside(touch.at, desk);
    if (first && this.#points.length >= LEAST && away(first, at) <= slack) return this.finish(desk);
    // The second press of a double click is no corner of its own.
    const last = this.#points.at(-1);
    if (!last || away(last, at) > slack / 2) this.#points = [...this.#points, at];
    this.#show(desk, null);
    return true;
  }

  move(desk: Desk, touch: Touch): string | undefined {
    if (this.#points.length === 0) return this.#handles.move(desk, touch);
    const closes = this.#points.length >= LEAST && away(this.#points[0]!, touch.at) <= touch.slack;
    this.#show(desk, closes ? this.#points[0]! : inside(touch.at, desk));
    return closes ? 'pointer' : undefined;
  }

  lift(desk: Desk): void {
    this.#handles.lift(desk);
  }

  twice(desk: Desk): boolean {
    return this.finish(desk);
  }

  finish(desk: Desk): boolean {
    if (this.#points.length === 0) return false;
    if (this.#points.length < LEAST) {
      desk.say('A polygon needs three corners.');
      return true;
    }
    const ring: Ring = this.#points.map(({ x, y }) => [x, y]);
    this.cancel(desk);
    const put = { label: desk.label, geometry: { kind: 'polygon' as const, rings: [ring] } };
    desk.select(desk.commit('draw polygon', [{ put }]));
    return true;
  }

  back(desk: Desk): boolean {
    if (this.#points.length === 0) return false;
    this.#points = this.#points.slice(0, -1);
    this.#show(desk, null);
    return true;
  }

  cancel(desk: Desk): boolean {
    const begun = this.#points.length > 0;
    this.#points = [];
    if (begun) desk.draft = null;
    return this.#handles.cancel(desk) || begun;
  }

  #show(desk: Desk, to: Point | null): void {
    desk.draft =
      this.#points.length > 0 ? { kind: 'line', label: desk.label, points: this.#points, to } : null;
  }
}

const away = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

/** The nearest point of the image. */
const inside = ({ x, y }: Point, { size }: Desk): Point => ({
  x: Math.min(Math.max(x, 0), size.width),
  y: Math.min(Math.max(y, 0), size.height),
});

export const createPolygon = (): Tool => new PolygonTool();
