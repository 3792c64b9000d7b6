/**
 * @file A drawing that is too much for one frame, kept as tiles of the screen's own pixels. Panning moves tiles, a change draws
 * those it lies in, and all panes share them. While one zooms the tiles of before are shown enlarged; sharp ones are drawn
 * when the zoom rests, a few in every frame.
 */
import type { Placement, Size } from '../../drawing/placement';
import type { Bounds } from '../geometry/spans';

/** Draws an area; the context is in pixels of the image. @param scale device pixels for one of the image */
type Paint = (context: OffscreenCanvasRenderingContext2D, area: Bounds, scale: number) => void;

interface Tile {
  column: number;
  row: number;
  bitmap: ImageBitmap;
  stale: boolean;
}

interface Level {
  scale: number;
  tiles: Map<string, Tile>;
}

/** Device pixels. */
const SIDE = 256;
/** A pane of 4K has 135 in sight. */
const MOST = 320;
/** A zoom rests when it has not changed for so long. */
const REST_MS = 120;

const keyOf = (column: number, row: number) => `${column} ${row}`;

export class Tiles {
  #level: Level = { scale: 1, tiles: new Map() };
  /** What is shown until the level has all that is in sight. */
  #before: Level | null = null;
  #scale = 0;
  #changedAt = 0;
  readonly #scratch = new OffscreenCanvas(SIDE, SIDE);

  constructor(private readonly paint: Paint) {}

  /** @param overhang how far beyond the bounds things are drawn, in device pixels */
  invalidate({ left, top, right, bottom }: Bounds, overhang: number): void {
    for (const { scale, tiles } of this.#levels()) {
      const at = (x: number, by: number) => Math.floor((x * scale + by) / SIDE);
      for (const tile of tiles.values())
        if (
          tile.column >= at(left, -overhang) &&
          tile.column <= at(right, overhang) &&
          tile.row >= at(top, -overhang) &&
          tile.row <= at(bottom, overhang)
        )
          tile.stale = true;
    }
  }

  clear(): void {
    for (const level of this.#levels()) drop(level);
    this.#before = null;
  }

  /**
   * @param context in device pixels of the pane
   * @param placement of the image, in device pixels
   * @param until time (of `performance.now`) after which no more tiles are drawn
   * @returns whether all is drawn; else it has to be asked again in the next frame
   */
  draw(
    context: CanvasRenderingContext2D,
    placement: Placement,
    pane: Size,
    image: Size,
    until: number,
  ): boolean {
    const resting = this.#settle(placement.scale);
    const wanted = inSight(this.#level.scale === placement.scale ? placement : null, pane, image);
    let complete = resting;
    for (const [column, row] of wanted) {
      const known = this.#level.tiles.get(keyOf(column, row));
      if (known && !known.stale) continue;
      if (performance.now() < until || (known && !this.#before)) this.#render(column, row);
      else complete = false;
    }
    if (this.#before && !complete) show(context, this.#before, placement);
    else {
      if (this.#before) drop(this.#before);
      this.#before = null;
      show(context, this.#level, placement);
      this.#forget(wanted);
    }
    return complete;
  }

  /** Chooses the level. @returns false while a zoom goes on */
  #settle(scale: number): boolean {
    const now = performance.now();
    if (scale !== this.#scale) {
      this.#changedAt = now;
      this.#scale = scale;
    }
    if (scale === this.#level.scale) return true;
    const isNew = this.#level.tiles.size === 0;
    if (!isNew && now - this.#changedAt < REST_MS) return false;
    if (!isNew && !this.#before) this.#before = this.#level;
    else drop(this.#level);
    this.#level = { scale, tiles: new Map() };
    return true;
  }

  #render(column: number, row: number): void {
    const { scale, tiles } = this.#level;
    const context = this.#scratch.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    context.setTransform(scale, 0, 0, scale, -column * SIDE, -row * SIDE);
    const [left, top, side] = [(column * SIDE) / scale, (row * SIDE) / scale, SIDE / scale];
    this.paint(context, { left, top, right: left + side, bottom: top + side }, scale);
    const key = keyOf(column, row);
    tiles.get(key)?.bitmap.close();
    tiles.set(key, { column, row, bitmap: this.#scratch.transferToImageBitmap(), stale: false });
  }

  /** The oldest that are out of sight. */
  #forget(wanted: [number, number][]): void {
    const { tiles } = this.#level;
    const kept = new Set(wanted.map(([column, row]) => keyOf(column, row)));
    for (const [key, { bitmap }] of tiles) {
      if (tiles.size <= MOST) return;
      if (kept.has(key)) continue;
      bitmap.close();
      tiles.delete(key);
    }
  }

  #levels(): Level[] {
    return this.#before ? [this.#level, this.#before] : [this.#level];
  }
}

function drop({ tiles }: Level): void {
  for (const { bitmap } of tiles.values()) bitmap.close();
  tiles.clear();
}

/** Columns and rows of tiles that meet both pane and image. */
function inSight(placement: Placement | null, pane: Size, image: Size): [number, number][] {
  if (!placement) return [];
  const range = (offset: number, room: number, extent: number) => {
    const first = Math.floor(Math.max(-offset, 0) / SIDE);
    const last = Math.floor((Math.min(room - offset, extent) - 1e-6) / SIDE);
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
  };
  const columns = range(placement.left, pane.width, image.width * placement.scale);
  const rows = range(placement.top, pane.height, image.height * placement.scale);
  return rows.flatMap((row) => columns.map((column): [number, number] => [column, row]));
}

function show(context: CanvasRenderingContext2D, { scale, tiles }: Level, placement: Placement): void {
  const by = placement.scale / scale;
  const side = SIDE * by;
  // Whole pixels where nothing is enlarged: tiles meet without a seam.
  const [left, top] = [Math.round(placement.left), Math.round(placement.top)];
  const { width, height } = context.canvas;
  for (const { column, row, bitmap } of tiles.values()) {
    const [x, y] = [left + column * side, top + row * side];
    if (x > width || y > height || x + side < 0 || y + side < 0) continue;
    if (by === 1) context.drawImage(bitmap, x, y);
    else context.drawImage(bitmap, x, y, side, side);
  }
}
