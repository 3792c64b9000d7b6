/** @file Brush and eraser: one stroke, from press to lift, is one step. */
import type { Component } from 'svelte';
import type { Region, RegionChange } from '../../../contract/annotations';
import { toBrush } from '../geometry/brush';
import { pixelsOf } from '../geometry/shapes';
import { areaOf, boundsOf, isEmpty, NOTHING, type Spans, subtract, union } from '../geometry/spans';
import { type Point, stroke } from '../geometry/strokes';
import { changeable, type Desk, type Tool, type Touch, unlocked } from './tool';

interface Stroke {
  erase: boolean;
  points: Point[];
  painted: Spans;
  /** Chosen when the stroke began; null: whatever it goes over. */
  onto: Region[] | null;
}

interface Words {
  id: string;
  label: string;
  key: string;
  hint: string;
  icon: Component<{ size?: number }>;
}

export class Painter implements Tool {
  readonly id;
  readonly label;
  readonly key;
  readonly hint;
  readonly icon;
  readonly cursor = 'none';
  #stroke: Stroke | null = null;
  /** Where the last stroke ended: with Shift, the next one goes on from there in a straight line. */
  #last: Point | null = null;

  constructor(
    words: Words,
    private readonly erases: boolean,
  ) {
    ({ id: this.id, label: this.label, key: this.key, hint: this.hint, icon: this.icon } = words);
  }

  press(desk: Desk, { at, shift, alt }: Touch): boolean {
    const erase = this.erases !== alt;
    const onto = erase ? erased(desk) : painted(desk);
    if (erase && onto?.length === 0) return true;
    this.#stroke = { erase, onto, points: [], painted: NOTHING };
    if (shift && this.#last) this.#go(desk, this.#last);
    this.#go(desk, at);
    return true;
  }

  move(desk: Desk, { at }: Touch): undefined {
    if (this.#stroke) this.#go(desk, at);
  }

  lift(desk: Desk): void {
    const done = this.#stroke;
    if (!done) return;
    this.#last = done.points.at(-1)!;
    this.cancel(desk);
    if (isEmpty(done.painted)) return;
    if (done.erase) this.#erase(desk, done);
    else this.#paint(desk, done);
  }

  cancel(desk: Desk): boolean {
    const begun = this.#stroke !== null;
    this.#stroke = null;
    desk.draft = null;
    return begun;
  }

  #go(desk: Desk, at: Point): void {
    const now = this.#stroke!;
    const from = now.points.at(-1) ?? at;
    now.points.push(at);
    now.painted = union(now.painted, stroke(from, at, desk.radius, desk.size));
    desk.draft = {
      kind: 'stroke',
      onto: targets(desk, now),
      label: desk.label,
      erase: now.erase,
      points: now.points,
      radius: desk.radius,
    };
  }

  #paint(desk: Desk, { painted, onto }: Stroke): void {
    const [region] = onto ?? [];
    const before = region ? pixelsOf(region.geometry, desk.size) : NOTHING;
    const after = union(before, painted);
    if (areaOf(after) === areaOf(before)) return;
    const geometry = toBrush(after)!;
    const put = region ? { id: region.id, geometry } : { label: desk.label, geometry };
    desk.select(desk.commit('brush stroke', [{ put }]));
  }

  #erase(desk: Desk, now: Stroke): void {
    const changes = targets(desk, now).flatMap(({ id, geometry }): RegionChange[] => {
      const before = pixelsOf(geometry, desk.size);
      const after = subtract(before, now.painted);
      if (areaOf(after) === areaOf(before)) return [];
      const rest = toBrush(after);
      return [rest ? { put: { id, geometry: rest } } : { remove: id }];
    });
    if (changes.length > 0) desk.commit('eraser stroke', changes);
  }
}

/** A brush paints on in the region that is selected, if it is of its kind and label; else it begins a new one. */
function painted({ selected, label }: Desk): Region[] {
  const [region, ...more] = selected;
  const fits = region && more.length === 0 && !region.locked && region.geometry.kind === 'brush';
  return fits && region.label === label ? [region] : [];
}

/** An eraser takes from what is selected, whatever its kind; with nothing selected, from every brush region it meets. */
const erased = (desk: Desk): Region[] | null =>
  desk.selected.length > 0 ? changeable(desk, desk.selected) : null;

function targets(desk: Desk, { onto, painted }: Stroke): Region[] {
  const bounds = boundsOf(painted);
  if (onto || !bounds) return onto ?? [];
  const met = desk.regionsWithin(bounds);
  return unlocked(met).filter(({ geometry, hidden }) => geometry.kind === 'brush' && !hidden);
}
