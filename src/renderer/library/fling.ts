/** @file Whether the grid flies by too fast for anybody to see an image: then nothing is asked for. */

/** Less than this in sight is no look, in milliseconds. */
const GLANCE_MS = 250;
/** So long after the last of it a fling is over. */
const CALM_MS = 150;
/** A single jump is none: after so long nothing moves. */
const PAUSE_MS = 1000;
/** Of the newest speed; single events come irregularly. */
const WEIGHT = 0.5;

class Fling {
  #top = 0;
  #at = Number.NEGATIVE_INFINITY;
  /** Pixels a millisecond. */
  #speed = 0;
  #height = Number.POSITIVE_INFINITY;

  /** To be told of every scroll event. */
  moved(
    { scrollTop, clientHeight }: Pick<HTMLElement, 'scrollTop' | 'clientHeight'>,
    now = performance.now(),
  ): void {
    const speed = Math.abs(scrollTop - this.#top) / Math.max(now - this.#at, 1);
    this.#speed = now - this.#at > PAUSE_MS ? 0 : WEIGHT * speed + (1 - WEIGHT) * this.#speed;
    this.#top = scrollTop;
    this.#at = now;
    this.#height = clientHeight;
  }

  isFast(now = performance.now()): boolean {
    return now - this.#at < CALM_MS && this.#speed * GLANCE_MS > this.#height;
  }

  /** Now, or once a fling is over. @returns takes it back */
  whenCalm(work: () => void): () => void {
    if (!this.isFast()) {
      work();
      return () => {};
    }
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      timer = setTimeout(() => (this.isFast() ? look() : work()), CALM_MS);
    };
    look();
    return () => clearTimeout(timer);
  }
}

export const fling = new Fling();
