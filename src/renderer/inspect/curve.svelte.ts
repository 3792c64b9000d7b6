/** @file How many answers a run's noise leaves, budget by budget: asked for once a run, when it is first looked at. */
import { SvelteMap } from 'svelte/reactivity';
import type { BudgetCurve } from '../../contract/explain';
import { client, explain } from '../rpc';

/** What is not there yet is null, what could not be measured is the sentence that says why. */
type Known = BudgetCurve | string | null;

class Curves {
  readonly #known = new SvelteMap<number, Known>();

  of(runId: number): Known {
    return this.#known.get(runId) ?? null;
  }

  async need(runId: number): Promise<void> {
    if (this.#known.has(runId)) return;
    this.#known.set(runId, null);
    try {
      this.#known.set(runId, await client.explain.curve({ runId }));
    } catch (error) {
      const fault = explain(error);
      // A training or a closing project came between; whoever looks again asks again.
      if (fault.code === 'STOPPED') this.#known.delete(runId);
      else this.#known.set(runId, fault.message);
    }
  }

  /** Another project has other runs under the same numbers; more maps make another curve. */
  forget(): void {
    this.#known.clear();
  }
}

export const curves = new Curves();
