/** @file The queue of runs: which run is next, what a person may do to it, and what its end means for the others. */
import { describeError, PenumbraError } from '../../contract/errors';
import type { DeviceName, RunStatus, RunSummary } from '../../contract/types';
import { blameFolder } from '../library/folder';
import type { ProjectStore, RunPatch, RunRow } from '../store/types';
import { descendants, lostWith, nextRun, recoverRuns, runsToWake } from './dependencies';
import { type JobMessage, TrainingHost } from './host';
import { keepResult } from './outcome';
import { prepareJob } from './prepare';
import type { JobResult, MapsJob } from './protocol';
import { RunRecorder } from './recorder';
import { summarise } from './summary';
import type { PlannedRun, RunQueue, RunQueueOptions } from './types';

interface Active {
  id: number;
  recorder: RunRecorder | null;
  ended: Promise<void>;
}

type Outside = () => Promise<void>;

/** Opens the queue of a project. Runs that an earlier process left unfinished become 'interrupted'. */
export function createRunQueue(options: RunQueueOptions & { stopWithinMs?: number }): RunQueue {
  return new Queue(options);
}

class Queue implements RunQueue {
  readonly #store: ProjectStore;
  readonly #options: RunQueueOptions;
  readonly #host: TrainingHost;
  readonly #outside: Outside[] = [];
  #active: Active | null = null;
  #working: Promise<void> | null = null;
  #closing = false;

  constructor(options: RunQueueOptions & { stopWithinMs?: number }) {
    this.#options = options;
    this.#store = options.store;
    this.#host = new TrainingHost(options);
    recoverRuns(this.#store);
  }

  add(plan: PlannedRun[]): RunSummary[] {
    const ids: number[] = [];
    for (const { after, ...run } of plan) {
      const needs = typeof after === 'object' && after !== null ? ids[after.planned]! : after;
      ids.push(this.#store.addRun({ ...run, after: needs }));
    }
    for (const id of ids) this.#tell(id);
    this.#work();
    return ids.map((id) => this.summary(id));
  }

  summaries(): RunSummary[] {
    return this.#store.runs().map((row) => this.#summarise(row));
  }

  summary(runId: number): RunSummary {
    return this.#summarise(this.#row(runId));
  }

  pause(runId: number): RunSummary {
    const { status } = this.#row(runId);
    if (status !== 'running' && status !== 'queued') return this.summary(runId);
    if (this.#active?.id === runId) {
      this.#host.pause();
      this.#active.recorder?.interrupt();
    }
    return this.#setStatus(runId, 'paused');
  }

  resume(runId: number): RunSummary {
    const row = this.#row(runId);
    if (row.status === 'done')
      throw new PenumbraError(
        'RUN_NOT_RESUMABLE',
        `"${row.title}" is done; there is nothing left of it to do. Start a new run instead.`,
      );
    if (this.#active?.id === runId) {
      if (row.status === 'paused') {
        this.#host.resume();
        this.#active.recorder?.interrupt();
        this.#setStatus(runId, 'running');
      }
      return this.summary(runId);
    }
    for (const { id } of runsToWake(this.#store.runs(), row))
      if (id !== this.#active?.id) this.#setStatus(id, 'queued', { error: null, finishedAt: null });
    this.#work();
    return this.summary(runId);
  }

  async stop(runId: number): Promise<RunSummary> {
    const { status } = this.#row(runId);
    if (this.#active?.id === runId) {
      this.#host.stop();
      await this.#active.ended;
    } else if (status === 'queued' || status === 'paused' || status === 'interrupted') {
      this.#setStatus(runId, 'stopped');
      this.#block(runId, 'stopped');
    }
    return this.summary(runId);
  }

  rename(runId: number, title: string): RunSummary {
    this.#row(runId);
    this.#store.updateRun(runId, { title });
    return this.#tell(runId);
  }

  async remove(runId: number): Promise<number[]> {
    const row = this.#row(runId);
    const ids = [row, ...lostWith(this.#store.runs(), runId)].map(({ id }) => id);
    // The one that is being carried out ends first; what would come after it is gone by then.
    for (const id of ids.toReversed()) await this.stop(id);
    this.#store.removeRuns(ids);
    this.#options.emit({ type: 'runsRemoved', runIds: ids });
    return ids;
  }

  reorder(runIds: number[]): RunSummary[] {
    const queued = runIds.map((id) => this.#row(id)).filter(({ status }) => status === 'queued');
    const places = queued.map(({ place }) => place).sort((a, b) => a - b);
    queued.forEach(({ id }, i) => {
      this.#store.updateRun(id, { place: places[i] });
    });
    return queued.map(({ id }) => this.#tell(id));
  }

  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  render(
    job: MapsJob,
    device: DeviceName,
    onMaps: Parameters<RunQueue['render']>[2],
    signal?: AbortSignal,
  ): Promise<Extract<JobResult, { kind: 'maps' }>> {
    return new Promise((resolve, reject) => {
      this.#outside.push(() => this.#renderNow(job, device, onMaps, signal).then(resolve, reject));
      this.#work();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#host.stop();
    await this.settled();
    // Whoever still waits for a turn is told that there will be none.
    for (const job of this.#outside.splice(0)) await job();
  }

  #work(): void {
    this.#working ??= this.#workOff();
  }

  async #workOff(): Promise<void> {
    // Whoever called gets its answer before the first run begins.
    await null;
    try {
      while (!this.#closing) {
        const outside = this.#outside.shift();
        const next = outside ? null : nextRun(this.#store.runs());
        if (outside) await outside();
        else if (next) await this.#execute(next);
        else break;
      }
    } finally {
      this.#working = null;
      // An idle worker would keep the memory of the device.
      this.#host.close();
    }
  }

  /** Never throws: however a run ends is written on it. */
  async #execute(row: RunRow): Promise<void> {
    let end!: () => void;
    const active: Active = { id: row.id, recorder: null, ended: new Promise((resolve) => (end = resolve)) };
    this.#active = active;
    let failure: { error: unknown } | null = null;
    try {
      const result = await this.#begin(row, active);
      active.recorder?.flush();
      this.#requireFolder(result);
      const now = this.#row(row.id);
      keepResult(this.#store, now, result, { status: 'done', step: now.steps, finishedAt: timestamp() });
    } catch (error) {
      failure = { error: blameFolder(this.#store.folder, error) };
    }
    this.#active = null;
    if (failure) this.#fail(row.id, failure.error, active.recorder);
    else this.#tell(row.id);
    end();
  }

  /** Images without a map are told one by one; not so where all of their folder is gone. @throws FOLDER_MISSING */
  #requireFolder(result: JobResult): void {
    const [first] = result.kind === 'maps' ? result.failed : [];
    const blamed = first && blameFolder(this.#store.folder, first);
    if (blamed !== first) throw blamed;
  }

  async #begin(row: RunRow, active: Active): Promise<JobResult> {
    const { job, device, checkpoint, encoderId, mapped, warnings } = prepareJob(this.#store, row);
    const target = job.kind === 'maps' ? { maskRunId: row.after!, scale: job.maskModel.scale, mapped } : null;
    this.#setStatus(row.id, 'running', {
      startedAt: row.startedAt ?? timestamp(),
      step: checkpoint?.step ?? mapped,
      steps: job.kind === 'maps' ? mapped + job.images.length : row.steps,
      encoderId,
      warnings,
      error: null,
    });
    // Nothing new in the folder since the last time: no process need start to say so.
    if (job.kind === 'maps' && job.images.length === 0) return { kind: 'maps', failed: [] };
    if (job.kind === 'mask' && job.trained) return { kind: 'mask', ...job.trained };
    const recorder = new RunRecorder(this.#store, this.#row(row.id), target, this.#options.emit, () =>
      this.#tell(row.id),
    );
    active.recorder = recorder;
    return await this.#host.run(job, device, checkpoint, (message: JobMessage) => recorder.receive(message));
  }

  async #renderNow(
    job: MapsJob,
    device: DeviceName,
    onMaps: Parameters<RunQueue['render']>[2],
    signal: AbortSignal | undefined,
  ): ReturnType<RunQueue['render']> {
    if (this.#closing || signal?.aborted)
      throw new PenumbraError('STOPPED', 'The maps were stopped before their turn came.');
    const stop = (): void => this.#host.stop();
    signal?.addEventListener('abort', stop);
    const result = await this.#host
      .run(job, device, null, (message) => {
        if (message.type === 'maps') onMaps(message.maps);
      })
      .finally(() => signal?.removeEventListener('abort', stop));
    return result as Extract<JobResult, { kind: 'maps' }>;
  }

  #fail(runId: number, error: unknown, recorder: RunRecorder | null): void {
    const { code, message } = describeError(error);
    try {
      recorder?.flush();
      const finishedAt = timestamp();
      if (code !== 'STOPPED') {
        this.#setStatus(runId, 'failed', { error: { code, message }, finishedAt });
        this.#block(runId, 'failed');
      } else if (this.#closing) this.#setStatus(runId, 'interrupted');
      else {
        this.#setStatus(runId, 'stopped', { finishedAt });
        this.#block(runId, 'stopped');
      }
    } catch (unwritable) {
      // The project cannot be written: nothing further can be computed into it, and the next opening finds the run
      // interrupted. What is wrong is still shown.
      this.#closing = true;
      const run = { ...this.summary(runId), status: 'failed' as const };
      this.#options.emit({ type: 'run', run: { ...run, error: describeError(unwritable) } });
    }
  }

  /** Runs that need this one cannot start: they say why, and wait for it to be resumed. */
  #block(runId: number, status: 'failed' | 'stopped'): void {
    const row = this.#row(runId);
    const code = row.error?.code ?? 'STOPPED';
    const message = `It needs "${row.title}", which ${status === 'failed' ? 'failed' : 'was stopped'}; resume that run to go on with this one.`;
    for (const { id, status: was } of descendants(this.#store.runs(), runId))
      if (was === 'queued' || was === 'paused') this.#setStatus(id, status, { error: { code, message } });
  }

  #setStatus(runId: number, status: RunStatus, patch: RunPatch = {}): RunSummary {
    if (this.#active?.id === runId) this.#active.recorder?.flush();
    this.#store.updateRun(runId, { ...patch, status });
    return this.#tell(runId);
  }

  #tell(runId: number): RunSummary {
    const run = this.summary(runId);
    this.#options.emit({ type: 'run', run });
    return run;
  }

  #summarise(row: RunRow): RunSummary {
    return summarise(row, this.#active?.id === row.id ? (this.#active.recorder?.progress ?? null) : null);
  }

  /** @throws RUN_UNKNOWN */
  #row(runId: number): RunRow {
    const row = this.#store.run(runId);
    if (!row) throw new PenumbraError('RUN_UNKNOWN', `There is no run ${runId} in this project.`);
    return row;
  }
}

const timestamp = (): string => new Date().toISOString();
