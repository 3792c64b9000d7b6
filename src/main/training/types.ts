/** @file What the rest of the program sees of training: a queue of runs and the process that carries them out. */
import type { AppEvent, DeviceName, RunSummary } from '../../contract/types';
import type { NewRun, ProjectStore } from '../store/types';
import type { FromWorker, JobResult, MapsJob, ToWorker } from './protocol';

/** A started worker process, whichever way it was started. Messages travel by structured clone. */
export interface WorkerProcess {
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Called once, when the process is gone. `reason` says how, as part of a sentence: "exit code 1", "signal SIGKILL". */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** Starts the worker's built file: child_process.fork by default, utilityProcess.fork inside Electron. */
export type SpawnWorker = (file: string) => WorkerProcess;

export interface RunQueueOptions {
  store: ProjectStore;
  emit(event: AppEvent): void;
  spawn?: SpawnWorker;
  /** The built worker; found beside the program where absent. */
  workerFile?: string;
}

/** A planned run; `after` may name an earlier run of the same plan by its place in the list. */
export interface PlannedRun extends Omit<NewRun, 'after'> {
  after: number | { planned: number } | null;
}

/** The runs of one open project: one at a time, in order, each as far as its dependencies allow. */
export interface RunQueue {
  /** Stores the runs and starts the first that can start. */
  add(plan: PlannedRun[]): RunSummary[];
  summaries(): RunSummary[];
  summary(runId: number): RunSummary;
  /** Holds the running run, or keeps a queued one from starting; the device stays taken. */
  pause(runId: number): RunSummary;
  /** Goes on: at once if paused, else from the last checkpoint (or the start), with the runs that waited for it. */
  resume(runId: number): RunSummary;
  /** Ends a run after a checkpoint, so that it can be resumed; resolves when it has ended. */
  stop(runId: number): Promise<RunSummary>;
  rename(runId: number, title: string): RunSummary;
  /** Forgets a run and what is nothing without it, stopped first where they run. @returns all that went */
  remove(runId: number): Promise<number[]>;
  /** Gives queued runs the places they have among them, in this order; the others keep theirs. */
  reorder(runIds: number[]): RunSummary[];
  /** Resolves when no run is running, paused or able to start. */
  settled(): Promise<void>;
  /** Computes maps of images outside the project, in turn with the runs. */
  render(
    job: MapsJob,
    device: DeviceName,
    onMaps: (maps: Extract<FromWorker, { type: 'maps' }>['maps']) => void,
    signal?: AbortSignal,
  ): Promise<Extract<JobResult, { kind: 'maps' }>>;
  /** Stops what runs after a checkpoint (it becomes 'interrupted') and ends the worker. */
  close(): Promise<void>;
}
