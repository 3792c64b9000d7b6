/** @file Main's side of the worker: starts it when needed, gives it one job at a time, notices when it dies. */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import type { Checkpoint, FromWorker, Job, JobResult } from './protocol';
import { forkWorker, workerFile } from './spawn';
import type { SpawnWorker, WorkerProcess } from './types';

/** What a job sends while it runs, besides its end. */
export type JobMessage = Exclude<FromWorker, { type: 'stopped' } | { type: 'done' } | { type: 'error' }>;

interface Pending {
  onMessage(message: JobMessage): void;
  resolve(result: JobResult): void;
  reject(error: unknown): void;
}

export interface HostOptions {
  spawn?: SpawnWorker;
  workerFile?: string;
  /** How long a stop may take until the worker is killed. */
  stopWithinMs?: number;
}

const STOP_WITHIN_MS = 60_000;

/** One worker process at most; it is kept between jobs of the same device and ended by `close`. */
export class TrainingHost {
  readonly #options: HostOptions;
  #worker: WorkerProcess | null = null;
  #device: DeviceName | null = null;
  #pending: Pending | null = null;
  #stopTimer: NodeJS.Timeout | null = null;

  constructor(options: HostOptions = {}) {
    this.#options = options;
  }

  /**
   * Runs one job. Only one may run at a time.
   * @throws STOPPED after `stop`; WORKER_DIED if the process ends by itself; whatever the job reports
   */
  run(
    job: Job,
    device: DeviceName,
    checkpoint: Checkpoint | null,
    onMessage: Pending['onMessage'],
  ): Promise<JobResult> {
    if (this.#pending) throw new PenumbraError('INTERNAL', 'The training worker is busy with another job.');
    // TensorFlow.js cannot be relied on to change its backend within a process.
    if (this.#device !== device) this.#discard();
    return new Promise((resolve, reject) => {
      this.#pending = { onMessage, resolve, reject };
      try {
        this.#worker ??= this.#start();
        this.#device = device;
        this.#worker.send({ type: 'start', job, device, checkpoint });
      } catch (error) {
        this.#pending = null;
        reject(error);
      }
    });
  }

  /** Whether the next job of this device goes to the process that had the last one. */
  isWarm(device: DeviceName): boolean {
    return this.#worker !== null && this.#device === device;
  }

  pause(): void {
    this.#worker?.send({ type: 'pause' });
  }

  resume(): void {
    this.#worker?.send({ type: 'resume' });
  }

  /** Asks the job to end after a checkpoint; a worker that does not answer in time is killed. */
  stop(): void {
    if (!this.#pending || this.#stopTimer) return;
    this.#worker?.send({ type: 'stop' });
    this.#stopTimer = setTimeout(() => this.#fail(stopped()), this.#options.stopWithinMs ?? STOP_WITHIN_MS);
  }

  /** Ends the worker. A job that is still running ends as stopped. */
  close(): void {
    this.#fail(stopped());
    this.#discard();
  }

  #start(): WorkerProcess {
    const worker = (this.#options.spawn ?? forkWorker)(this.#options.workerFile ?? workerFile());
    // A worker that has been replaced may still speak; nobody listens to it.
    worker.onMessage((message) => worker === this.#worker && this.#receive(message));
    worker.onExit((reason) => worker === this.#worker && this.#lost(reason));
    return worker;
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'done':
        this.#settle((pending) => pending.resolve(message.result));
        break;
      case 'stopped':
        this.#settle((pending) => pending.reject(stopped()));
        break;
      case 'error':
        // What a failed job left behind in the engine ends with its process.
        this.#fail(new PenumbraError(message.code, message.message));
        break;
      default:
        try {
          this.#pending?.onMessage(message);
        } catch (error) {
          // What cannot be kept (a full disk) must not be computed on.
          this.#fail(error);
        }
    }
  }

  #fail(error: unknown): void {
    this.#settle((pending) => pending.reject(error), true);
  }

  #lost(reason: string): void {
    this.#worker = null;
    this.#device = null;
    this.#settle((pending) =>
      pending.reject(
        this.#stopTimer
          ? stopped()
          : new PenumbraError(
              'WORKER_DIED',
              `The training process ended unexpectedly (${reason}). Resume the run to go on from its last checkpoint.`,
            ),
      ),
    );
  }

  #settle(end: (pending: Pending) => void, discard = false): void {
    const pending = this.#pending;
    if (pending) end(pending);
    this.#pending = null;
    if (this.#stopTimer) clearTimeout(this.#stopTimer);
    this.#stopTimer = null;
    if (discard) this.#discard();
  }

  #discard(): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#device = null;
    worker?.kill();
  }
}

function stopped(): PenumbraError {
  return new PenumbraError('STOPPED', 'The run was stopped on request; it can be resumed.');
}
