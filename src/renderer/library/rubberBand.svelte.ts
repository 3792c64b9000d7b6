/** @file A rectangle drawn over the grid with the pointer: what it touches is chosen. */
import { images } from '../state/images.svelte';
import { selection } from '../state/selection.svelte';

/** The grid as it is laid out, in pixels of the sheet that is scrolled. */
export interface GridLayout {
  columns: number;
  /** Side of a tile, height of a row with its gap, and the gap. */
  cell: number;
  row: number;
  gap: number;
  total: number;
}

export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Positions of the images that a rectangle touches. */
export function touched({ left, top, width, height }: Rectangle, layout: GridLayout): number[] {
  const { columns, cell, row, gap, total } = layout;
  const column = (x: number) => Math.floor((x - gap) / (cell + gap));
  const line = (y: number) => Math.max(Math.floor((y - gap) / row), 0);
  const [first, last] = [Math.max(column(left), 0), Math.min(column(left + width), columns - 1)];
  const found: number[] = [];
  for (let at = line(top); at <= line(top + height); at++)
    for (let c = first; c <= last; c++) if (at * columns + c < total) found.push(at * columns + c);
  return found;
}

/** A hand that trembles while it clicks draws no rectangle. */
const BEGINS_AFTER = 6;

class RubberBand {
  shown = $state.raw<Rectangle | null>(null);

  /**
   * Follows the pointer that was pressed on the grid.
   * @param sheet what is scrolled, to which the rectangle belongs
   */
  begin(event: PointerEvent, sheet: HTMLElement, layout: () => GridLayout): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const pointOf = ({ clientX, clientY }: PointerEvent) => {
      const { left, top } = sheet.getBoundingClientRect();
      return [clientX - left, clientY - top] as const;
    };
    const [x, y] = pointOf(event);
    const move = (moved: PointerEvent) => {
      const [toX, toY] = pointOf(moved);
      const [width, height] = [Math.abs(toX - x), Math.abs(toY - y)];
      if (!this.shown && Math.max(width, height) < BEGINS_AFTER) return;
      this.shown = { left: Math.min(x, toX), top: Math.min(y, toY), width, height };
    };
    const end = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      const rectangle = this.shown;
      this.shown = null;
      if (!rectangle) return;
      // The click that ends the drawing, if one comes of it, opens no image.
      const swallow = (click: MouseEvent) => click.stopPropagation();
      window.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
      selection.add(touched(rectangle, layout()).flatMap((index) => images.at(index)?.id ?? []));
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }
}

export const rubberBand = new RubberBand();
