/** @file How long the rest of a run will take, from its recent steps. */

import { median } from '../noise/statistics';

const RECENT = 15;

/** Milliseconds per step as the median of recent steps, so that one slow step (a pause, a preview) counts little. */
export class Pace {
  readonly #recent: number[];
  #last: { step: number; at: number } | null = null;

  /** @param known milliseconds per step measured earlier, oldest first: a resumed run can tell at once */
  constructor(known: number[] = []) {
    this.#recent = known.filter((ms) => ms > 0).slice(-RECENT);
  }

  /** @param at milliseconds on any steady clock */
  tick(step: number, at: number): void {
    if (this.#last && step > this.#last.step) {
      this.#recent.push((at - this.#last.at) / (step - this.#last.step));
      if (this.#recent.length > RECENT) this.#recent.shift();
    }
    this.#last = { step, at };
  }

  /** The time until the next tick is not work: the run was paused. */
  interrupt(): void {
    this.#last = null;
  }

  /** Seconds for so many steps, or null while nothing is known. */
  secondsFor(steps: number): number | null {
    if (this.#recent.length === 0) return null;
    return (Math.max(steps, 0) * median(this.#recent)) / 1000;
  }
}
