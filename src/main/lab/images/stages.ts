import type { JobContext } from '../../training/protocol';
import type { LabContext } from '../types';

/** Ticks of the progress bar for one stage. */
const TICKS = 100;

/** An experiment that is made of jobs: each stage is an equal part of the progress bar. */
export class Stages {
  readonly #context: LabContext;
  readonly #count: number;
  #done = 0;

  constructor(context: LabContext, count: number) {
    this.#context = context;
    this.#count = count;
  }

  /** @throws STOPPED */
  async run<T>(work: (job: JobContext) => Promise<T>): Promise<T> {
    await this.#tell(0);
    const { job } = this.#context;
    const result = await work({
      ...job,
      checkpoint: null,
      send: (message) => {
        if (message.type === 'progress') job.send(this.#progress(message.step / message.steps));
      },
    });
    this.#done++;
    return result;
  }

  /** Stages whose result is kept from an earlier attempt are passed over. */
  async part<T>(key: string, stages: number, work: () => Promise<T>): Promise<T> {
    const before = this.#done;
    const result = await this.#context.part(key, work);
    this.#done = before + stages;
    return result;
  }

  #progress(share: number) {
    const step = Math.round((this.#done + share) * TICKS);
    return { type: 'progress', step, steps: this.#count * TICKS } as const;
  }

  #tell(share: number): Promise<void> {
    const { step, steps } = this.#progress(share);
    return this.#context.breathe(step, steps);
  }
}
