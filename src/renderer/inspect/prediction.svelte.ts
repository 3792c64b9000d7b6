/** @file What the encoder says of the image with and without noise: the last question counts. */
import type { Prediction } from '../../contract/explain';
import { client, explain, type Fault } from '../rpc';

/** While a slider moves nobody reads the answer. */
const SETTLED_MS = 150;

export interface PredictionWish {
  imageId: number;
  runId?: number;
  budget?: number;
  seed: number;
}

class Predicted {
  /** Stays until the next one comes, so that nothing jumps; null for another image. */
  answer = $state.raw<Prediction | null>(null);
  fault = $state.raw<Fault | null>(null);
  waiting = $state(false);
  #imageId = 0;

  /** @returns takes the question back */
  ask(wish: PredictionWish): () => void {
    if (wish.imageId !== this.#imageId) this.answer = null;
    this.#imageId = wish.imageId;
    this.waiting = true;
    const asking = new AbortController();
    const timer = setTimeout(() => void this.#ask(wish, asking.signal), SETTLED_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }

  async #ask(wish: PredictionWish, signal: AbortSignal): Promise<void> {
    try {
      const answer = await client.explain.predict(wish, { signal });
      if (signal.aborted) return;
      this.answer = answer;
      this.fault = null;
    } catch (error) {
      if (signal.aborted) return;
      this.answer = null;
      this.fault = explain(error);
    }
    this.waiting = false;
  }
}

export const predicted = new Predicted();
