/** @file Pulling the corners and sides of the region that is selected; part of several tools. */
import type { Geometry, Region } from '../../../contract/annotations';
import { type Handle, handleAt, pulled, withoutCorner } from '../geometry/shapes';
import type { Desk, Touch } from './tool';

export class Handles {
  #pull: { region: Region; handle: Handle; shape: Geometry } | null = null;

  /** @returns false where no handle is */
  press(desk: Desk, { at, slack, alt }: Touch): boolean {
    const found = handleUnder(desk, at, slack);
    if (!found) return false;
    const { region, handle } = found;
    if (!alt) this.#pull = { region, handle, shape: region.geometry };
    else {
      const geometry = withoutCorner(region.geometry, handle);
      if (geometry) desk.commit('remove corner', [{ put: { id: region.id, geometry } }]);
    }
    return true;
  }

  move(desk: Desk, { at, slack, alt }: Touch): string | undefined {
    const pull = this.#pull;
    if (!pull) {
      const handle = handleUnder(desk, at, slack)?.handle;
      return alt && handle && !handle.between ? 'not-allowed' : handle?.cursor;
    }
    const { region, handle } = pull;
    pull.shape = pulled(region.geometry, handle, at, desk.size);
    desk.draft = {
      kind: 'shapes',
      shapes: [{ label: region.label, geometry: pull.shape }],
      hides: [region.id],
    };
    return handle.cursor;
  }

  /** @returns false if nothing was pulled */
  lift(desk: Desk): boolean {
    const done = this.#pull;
    if (!this.cancel(desk) || !done) return false;
    const { region, handle, shape } = done;
    if (shape === region.geometry) return true;
    const title = handle.between ? 'insert corner' : shape.kind === 'box' ? 'resize box' : 'move corner';
    desk.commit(title, [{ put: { id: region.id, geometry: shape } }]);
    return true;
  }

  cancel(desk: Desk): boolean {
    const begun = this.#pull !== null;
    if (begun) desk.draft = null;
    this.#pull = null;
    return begun;
  }
}

/** Only one selected region shows its handles, and none that is locked or hidden. */
export const handled = ({ selected }: Pick<Desk, 'selected'>): Region | null => {
  const [region, ...more] = selected;
  return region && more.length === 0 && !region.locked && !region.hidden ? region : null;
};

function handleUnder(desk: Desk, at: Touch['at'], slack: number): { region: Region; handle: Handle } | null {
  const region = handled(desk);
  const handle = region && handleAt(region.geometry, at, slack);
  return handle ? { region, handle } : null;
}
