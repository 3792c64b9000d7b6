/** At most `limit` events within the last `windowMs`. */
export class RateLimit {
  readonly #times: number[] = [];

  constructor(
    readonly limit: number,
    readonly windowMs: number,
    readonly now: () => number = Date.now,
  ) {}

  count(): void {
    this.#times.push(this.now());
    if (this.#times.length > this.limit) this.#times.shift();
  }

  exhausted(): boolean {
    const oldest = this.#times[0];
    return this.#times.length >= this.limit && oldest !== undefined && this.now() - oldest < this.windowMs;
  }
}
