/**
 * @file The worker that answers whoever is looking: it stays warm between questions, ends when nobody has asked for a
 * while, and leaves the device to a training.
 */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import type { EncoderSpec } from '../models/spec';
import { TrainingHost } from './host';
import type { ExplainAnswer, ExplainJob } from './protocol';
import type { SpawnWorker } from './types';

export interface WarmWorkerOptions {
  spawn?: SpawnWorker;
  workerFile?: string;
  /** Whether a run has the device: questions are then answered on the processor. */
  deviceTaken(): boolean;
  idleMs?: number;
}

export interface Question {
  encoderId: number;
  /** Read only when the process does not know the encoder yet. */
  encoder(): EncoderSpec;
  job: Omit<ExplainJob, 'kind' | 'encoder'>;
  signal?: AbortSignal;
}

interface Waiting {
  question: Question;
  resolve(answer: ExplainAnswer): void;
  reject(error: unknown): void;
}

/** What a person waits for goes before what is nice to have. */
const ORDER: ExplainJob['task']['type'][] = ['predict', 'attribute', 'curve'];
const IDLE_MS = 120_000;

export class WarmWorker {
  readonly #options: WarmWorkerOptions;
  readonly #host: TrainingHost;
  #waiting: Waiting[] = [];
  #working = false;
  #known: number | null = null;
  #idle: NodeJS.Timeout | null = null;
  #yielding = false;
  #closed = false;

  constructor(options: WarmWorkerOptions) {
    this.#options = options;
    this.#host = new TrainingHost(options);
  }

  /** @throws STOPPED when the signal is aborted or the project closes; what the job throws */
  ask<Type extends ExplainAnswer['type']>(
    question: Question & { job: { task: { type: Type } } },
  ): Promise<Extract<ExplainAnswer, { type: Type }>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(stopped());
      this.#waiting.push({ question, resolve: resolve as Waiting['resolve'], reject });
      if (!this.#working) void this.#work();
    });
  }

  /** A run begins: the accelerator's memory is its own. The question that is being answered starts anew, elsewhere. */
  giveWay(): void {
    if (!this.#host.isWarm('auto')) return;
    this.#yielding = this.#working;
    this.#host.close();
  }

  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(stopped());
    this.#stopIdling();
    this.#host.close();
  }

  async #work(): Promise<void> {
    this.#working = true;
    this.#stopIdling();
    for (let next = this.#take(); next; next = this.#take()) await this.#answer(next);
    this.#working = false;
    if (this.#closed) return;
    this.#idle = setTimeout(() => this.#host.close(), this.#options.idleMs ?? IDLE_MS);
    this.#idle.unref();
  }

  #take(): Waiting | undefined {
    for (const { reject } of this.#waiting.filter(({ question }) => question.signal?.aborted))
      reject(stopped());
    this.#waiting = this.#waiting.filter(({ question }) => !question.signal?.aborted);
    const of = (type: string) => this.#waiting.findIndex(({ question }) => question.job.task.type === type);
    const place = ORDER.map(of).find((found) => found >= 0);
    return place === undefined ? undefined : this.#waiting.splice(place, 1)[0];
  }

  async #answer(waiting: Waiting): Promise<void> {
    const { question, resolve, reject } = waiting;
    const stop = (): void => this.#host.stop();
    question.signal?.addEventListener('abort', stop);
    try {
      const device: DeviceName = this.#options.deviceTaken() ? 'cpu' : 'auto';
      const told = this.#host.isWarm(device) && this.#known === question.encoderId;
      const encoder = { id: question.encoderId, spec: told ? null : question.encoder() };
      this.#known = question.encoderId;
      const result = await this.#host.run(
        { kind: 'explain', encoder, ...question.job },
        device,
        null,
        () => {},
      );
      if (result.kind !== 'explain') throw new Error(`the worker answered a question with ${result.kind}`);
      resolve(result.answer);
    } catch (error) {
      // After an error it is not known what the process has loaded.
      this.#known = null;
      if (this.#yielding && !this.#closed) this.#waiting.unshift(waiting);
      else reject(error);
      this.#yielding = false;
    } finally {
      question.signal?.removeEventListener('abort', stop);
    }
  }

  #stopIdling(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
  }
}

function stopped(): PenumbraError {
  return new PenumbraError('STOPPED', 'The question is no longer asked.');
}
