/** @file Calls that write, one after the other and none lost: what fails waits, with all that came after it, to be tried again. */
import { explain, type Fault } from '../rpc';

type Write = () => Promise<void>;

class Writes {
  /** Why the first of those that wait could not be kept. */
  fault = $state.raw<Fault | null>(null);
  /** Those that have not been kept yet. */
  waiting = $state(0);
  readonly #queue: Write[] = [];
  #busy = false;

  add(write: Write): void {
    this.#queue.push(write);
    this.waiting = this.#queue.length;
    if (!this.fault) void this.#work();
  }

  retry(): void {
    this.fault = null;
    void this.#work();
  }

  /** Gives up what waits; whoever asks shows what the program has. */
  discard(): void {
    this.#queue.length = 0;
    this.waiting = 0;
    this.fault = null;
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let write = this.#queue[0]; write; write = this.#queue[0]) {
        await write();
        // It may have been given up in the meantime.
        if (this.#queue[0] === write) this.#queue.shift();
        this.waiting = this.#queue.length;
      }
    } catch (error) {
      if (this.#queue.length > 0) this.fault = explain(error);
    } finally {
      this.#busy = false;
    }
  }
}

export const writes = new Writes();
