/** @file What is done with the regions that are selected, by keys, buttons and the command palette alike. */
import type { Region, RegionPut } from '../../contract/annotations';
import { annotations } from './annotations.svelte';
import { annotator } from './annotator.svelte';
import { toBrush } from './geometry/brush';
import { handlesOf, moved, pixelsOf, pulled, withoutCorner } from './geometry/shapes';
import { handled } from './tools/handles';
import { move } from './tools/select';
import { changeable } from './tools/tool';

const free = (): Region[] => changeable(annotator, annotator.selected);
const plural = (word: string, { length }: readonly unknown[]) =>
  length === 1 ? `${word} region` : `${word} regions`;

function put(title: string, regions: readonly Region[], change: Omit<RegionPut, 'id'>): void {
  if (regions.length > 0)
    annotator.commit(
      title,
      regions.map(({ id }) => ({ put: { id, ...change } })),
    );
}

export function remove(regions = free()): void {
  if (regions.length === 0) return;
  annotator.commit(
    plural('delete', regions),
    regions.map(({ id }) => ({ remove: id })),
  );
  annotator.select([]);
}

export function duplicate(): void {
  const by = Math.max(Math.round(Math.min(annotator.size.width, annotator.size.height) / 50), 1);
  const changes = annotator.selected.map(({ label, name, geometry }) => ({
    put: { label, name, geometry: moved(geometry, by, by, annotator.size) },
  }));
  if (changes.length > 0) annotator.select(annotator.commit(plural('duplicate', changes), changes));
}

/** New regions get the label, and those that are selected with it. */
export function setLabel(label: string): void {
  annotator.label = label;
  const changed = free().filter((region) => region.label !== label);
  if (changed.length > 0) put(`label as ${label}`, changed, { label });
  else annotator.say(`New regions are labelled ${label}.`);
}

export const rename = (region: Region, name: string): void => {
  const wanted = name.trim() || null;
  if (wanted !== region.name) put('rename region', [region], { name: wanted });
};

/** All of them get what the first has not. */
export function toggleLocked(regions: readonly Region[] = annotator.selected): void {
  const locked = !regions[0]?.locked;
  put(plural(locked ? 'lock' : 'unlock', regions), regions, { locked });
}

export function toggleHidden(regions: readonly Region[] = annotator.selected): void {
  const hidden = !regions[0]?.hidden;
  put(plural(hidden ? 'hide' : 'show', regions), regions, { hidden });
}

export const selectAll = (): void =>
  annotator.select(annotations.regions.filter(({ hidden }) => !hidden).map(({ id }) => id));

/** A corner if one was chosen, else all that is selected, by pixels of the image. */
export function nudge(dx: number, dy: number): void {
  const region = handled(annotator);
  const handle =
    region && annotator.corner !== null ? handlesOf(region.geometry)[annotator.corner] : undefined;
  if (region && handle) {
    const geometry = pulled(region.geometry, handle, { x: handle.x + dx, y: handle.y + dy }, annotator.size);
    put('move corner', [region], { geometry });
  } else move(annotator, free(), dx, dy);
}

/** Width and height of the selected boxes, by pixels of the image. */
export function resize(dx: number, dy: number): void {
  const changes = free().flatMap(({ id, geometry }) =>
    geometry.kind === 'box' && geometry.width + dx >= 1 && geometry.height + dy >= 1
      ? [{ put: { id, geometry: { ...geometry, width: geometry.width + dx, height: geometry.height + dy } } }]
      : [],
  );
  if (changes.length > 0) annotator.commit('resize box', changes);
}

/** From corner to corner of the selected polygon or box; places between corners are left out. */
export function stepCorner(by: number): void {
  const region = handled(annotator);
  const handles = region ? handlesOf(region.geometry) : [];
  const corners = handles.flatMap(({ between }, i) => (between ? [] : [i]));
  if (corners.length === 0) return;
  const at = annotator.corner === null ? -1 : corners.indexOf(annotator.corner);
  const next = at < 0 ? (by > 0 ? 0 : corners.length - 1) : (at + by + corners.length) % corners.length;
  annotator.corner = corners[next]!;
  const { x, y } = handles[annotator.corner]!;
  annotator.say(`Corner ${next + 1} of ${corners.length}, at ${Math.round(x)}, ${Math.round(y)}.`);
}

/** @returns false if no corner is chosen */
export function removeCorner(): boolean {
  const region = handled(annotator);
  const handle =
    region && annotator.corner !== null ? handlesOf(region.geometry)[annotator.corner] : undefined;
  if (!region || !handle) return false;
  const geometry = withoutCorner(region.geometry, handle);
  if (geometry) put('remove corner', [region], { geometry });
  else annotator.say('A polygon keeps three corners.');
  annotator.corner = null;
  return true;
}

/** A corner half-way to the next. */
export function insertCorner(): void {
  const region = handled(annotator);
  if (!region || annotator.corner === null || region.geometry.kind !== 'polygon') return;
  const between = handlesOf(region.geometry)[annotator.corner + 1]!;
  put('insert corner', [region], { geometry: pulled(region.geometry, between, between, annotator.size) });
  annotator.corner += 2;
}

/** Polygons and boxes as pixels, for brush and eraser. */
export function toPixels(): void {
  const changes = free().flatMap(({ id, geometry }) => {
    const brush = geometry.kind === 'brush' ? null : toBrush(pixelsOf(geometry, annotator.size));
    return brush ? [{ put: { id, geometry: brush } }] : [];
  });
  if (changes.length > 0) annotator.commit('convert to pixels', changes);
}

const BRUSH_STEP = 1.2;

/** At least by one pixel. */
export const resizeBrush = (larger: boolean): number => {
  const size = annotator.brushSize;
  const next = larger ? Math.max(size + 1, size * BRUSH_STEP) : Math.min(size - 1, size / BRUSH_STEP);
  return Math.max(Math.round(next), 1);
};
