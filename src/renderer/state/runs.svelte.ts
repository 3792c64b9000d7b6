/** @file The runs of the project, with the curves and previews of those that were looked at. */
import type { AppEvent, MetricPoint, RunStatus, RunSummary } from '../../contract/types';
import { client } from '../rpc';

type Preview = Extract<AppEvent, { type: 'preview' }>;

const OVER: RunStatus[] = ['stopped', 'interrupted', 'failed', 'done'];

class Runs {
  list = $state<RunSummary[]>([]);
  metrics = $state<Record<number, MetricPoint[]>>({});
  previews = $state.raw<Record<number, Preview>>({});
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
    this.metrics[runId] = await client.training.metrics({ runId });
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
    this.metrics[runId] ??= [];
    const points = this.metrics[runId];
    // A resumed run repeats the steps since its checkpoint.
    while (points.length > 0 && points.at(-1)!.step >= point.step) points.pop();
    points.push(point);
  }

  keepPreview(preview: Preview): void {
    this.previews = { ...this.previews, [preview.runId]: preview };
  }

  clear(): void {
    this.list = [];
    this.metrics = {};
    this.previews = {};
  }
}

export const runs = new Runs();

export const canResume = ({ status }: RunSummary): boolean =>
  status === 'paused' || status === 'stopped' || status === 'interrupted' || status === 'failed';
