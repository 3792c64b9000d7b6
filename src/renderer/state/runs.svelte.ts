/** @file The runs of the project, with the curves and previews of those that were looked at. */
import type { AppEvent, MetricPoint, RunStatus, RunSummary } from '../../contract/types';
import { client } from '../rpc';

type Preview = Extract<AppEvent, { type: 'preview' }>;

const OVER: RunStatus[] = ['stopped', 'interrupted', 'failed', 'done'];

/** The eye reads no faster. */
const RENEW_MS = 200;

class Runs {
  list = $state<RunSummary[]>([]);
  /** Raw, and renewed a few times a second: a run of small steps tells of thousands of them. */
  metrics = $state.raw<Record<number, MetricPoint[]>>({});
  previews = $state.raw<Record<number, Preview>>({});
  readonly #fresh = new Map<number, MetricPoint[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly active = $derived(
    this.list.find(({ status }) => status === 'running') ??
      this.list.find(({ status }) => status === 'paused'),
  );
  /** Trained masks, the newest last. */
  readonly masks = $derived(this.list.filter(({ kind, status }) => kind === 'mask' && status === 'done'));
  readonly queued = $derived(this.list.filter(({ status }) => status === 'queued').length);

  async load(): Promise<void> {
    this.list = (await client.training.runs()).sort((a, b) => a.id - b.id);
    if (this.active) await this.loadMetrics(this.active.id);
  }

  async loadMetrics(runId: number): Promise<void> {
    const points = await client.training.metrics({ runId });
    this.metrics = { ...this.metrics, [runId]: points };
  }

  /** @returns whether the run has just come to its end */
  keep(run: RunSummary): boolean {
    const at = this.list.findIndex(({ id }) => id === run.id);
    const before = this.list[at];
    if (before) this.list[at] = run;
    else this.list.push(run);
    return OVER.includes(run.status) && before?.status !== run.status;
  }

  forget(runIds: number[]): void {
    this.list = this.list.filter(({ id }) => !runIds.includes(id));
  }

  addMetric(runId: number, point: MetricPoint): void {
    const fresh = this.#fresh.get(runId);
    if (fresh) fresh.push(point);
    else this.#fresh.set(runId, [point]);
    this.#timer ??= setTimeout(() => this.#takeFresh(), RENEW_MS);
  }

  #takeFresh(): void {
    this.#timer = undefined;
    const metrics = { ...this.metrics };
    for (const [runId, fresh] of this.#fresh) {
      // A resumed run repeats the steps since its checkpoint.
      const before = (metrics[runId] ?? []).filter(({ step }) => step < fresh[0]!.step);
      metrics[runId] = [...before, ...fresh];
    }
    this.#fresh.clear();
    this.metrics = metrics;
  }

  keepPreview(preview: Preview): void {
    this.previews = { ...this.previews, [preview.runId]: preview };
  }

  clear(): void {
    this.#fresh.clear();
    this.list = [];
    this.metrics = {};
    this.previews = {};
  }
}

export const runs = new Runs();

export const canResume = ({ status }: RunSummary): boolean =>
  status === 'paused' || status === 'stopped' || status === 'interrupted' || status === 'failed';
