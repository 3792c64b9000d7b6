import WandSparkles from '@lucide/svelte/icons/wand-sparkles';
import type { Region } from '../../../contract/annotations';
import { toBrush } from '../geometry/brush';
import { pixelsOf } from '../geometry/shapes';
import { areaOf, isEmpty, type Spans, subtract, union } from '../geometry/spans';
import type { Desk, Tool, Touch } from './tool';

const LARGEST = 100;
/** Steps of tolerance for as far as `slack` is: a drag over a few hundred screen pixels covers the range. */
const STEPS = 2;

/** What a press does with the region that is selected. */
type Way = 'new' | 'add' | 'take';

interface Growth {
  touch: Touch;
  way: Way;
  onto: Region | null;
  from: number;
  found: Spans;
}

class Wand implements Tool {
  readonly id = 'wand';
  readonly label = 'Wand';
  readonly key = 'w';
  readonly hint =
    'Grows where values are alike, in those of the pane one presses in. Drag right for more. Shift adds to the selected region, Alt takes away.';
  readonly icon = WandSparkles;
  readonly cursor = 'crosshair';
  #growth: Growth | null = null;

  press(desk: Desk, touch: Touch): boolean {
    const [one, ...more] = desk.selected;
    const onto = one && more.length === 0 && !one.locked && (touch.shift || touch.alt) ? one : null;
    const way = onto ? (touch.alt ? 'take' : 'add') : 'new';
    this.#growth = { touch, way, onto, from: desk.tolerance, found: { top: 0, rows: [] } };
    this.#grow(desk);
    return true;
  }

  move(desk: Desk, { at, slack }: Touch): undefined {
    const now = this.#growth;
    if (!now) return;
    const tolerance = Math.round(now.from + (STEPS * (at.x - now.touch.at.x)) / slack);
    const kept = Math.min(Math.max(tolerance, 0), LARGEST);
    if (kept === desk.tolerance) return;
    desk.tolerance = kept;
    this.#grow(desk);
  }

  lift(desk: Desk): void {
    const done = this.#growth;
    this.cancel(desk);
    if (!done || isEmpty(done.found)) return;
    const geometry = toBrush(done.found);
    const { onto } = done;
    if (!onto) desk.select(desk.commit('wand', [{ put: { label: desk.label, geometry: geometry! } }]));
    else if (areaOf(done.found) !== areaOf(pixelsOf(onto.geometry, desk.size)))
      desk.commit('wand', [{ put: { id: onto.id, geometry: geometry! } }]);
  }

  cancel(desk: Desk): boolean {
    const begun = this.#growth !== null;
    this.#growth = null;
    if (begun) desk.draft = null;
    return begun;
  }

  #grow(desk: Desk): void {
    const now = this.#growth!;
    const { at, pane } = now.touch;
    const grown = desk.grow(at, pane, desk.tolerance);
    const before = now.onto ? pixelsOf(now.onto.geometry, desk.size) : null;
    now.found = before ? (now.way === 'take' ? subtract(before, grown) : union(before, grown)) : grown;
    const geometry = toBrush(now.found);
    desk.draft = geometry && {
      kind: 'shapes',
      shapes: [{ label: now.onto?.label ?? desk.label, geometry }],
      hides: now.onto ? [now.onto.id] : [],
    };
  }
}

export const createWand = (): Tool => new Wand();
