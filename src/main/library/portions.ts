/** @file How much is under way at the same time, in bytes rather than in pieces. */

/**
 * Lets work begin as long as all that is under way fits; a piece that is larger than everything goes alone. Pieces begin
 * in the order they came in.
 */
export class Portions {
  #taken = 0;
  readonly #waiting: { size: number; begin: () => void }[] = [];

  constructor(readonly limit: number) {}

  async run<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    await this.#take(size);
    try {
      return await work();
    } finally {
      this.#taken -= size;
      this.#letIn();
    }
  }

  #take(size: number): Promise<void> {
    const turn = new Promise<void>((begin) => this.#waiting.push({ size, begin }));
    this.#letIn();
    return turn;
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#taken > 0 && this.#taken + next.size > this.limit) return;
      this.#waiting.shift();
      this.#taken += next.size;
      next.begin();
    }
  }
}
