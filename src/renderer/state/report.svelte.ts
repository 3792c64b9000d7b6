/** @file The report that is looked at, another to compare it with, the one that is being made, and groups with names. */
import type { AppEvent, ImageGroup, ReportCard, ReportReview, StoredReport } from '../../contract';
import { client } from '../rpc';
import { app } from './app.svelte';
import { onEvent } from './events';
import { EVERYTHING, images } from './images.svelte';
import { attempt, notices } from './notices.svelte';
import type { Screen } from './screens';

type Progress = Extract<AppEvent, { type: 'report' }>;

class Report {
  /** Finished ones, newest first; null until they are known. */
  list = $state.raw<ReportCard[] | null>(null);
  shown = $state.raw<StoredReport | null>(null);
  other = $state.raw<StoredReport | null>(null);
  groups = $state.raw<ImageGroup[]>([]);
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  #abort: AbortController | null = null;

  constructor() {
    onEvent('report', (event) => {
      this.progress = event.finished ? null : event;
    });
  }

  async load(): Promise<void> {
    await attempt(async () => {
      this.list = (await client.reports.list()).filter(({ finishedAt }) => finishedAt !== null);
      this.groups = await client.reports.groups();
      this.shown = await client.reports.get({});
      this.other = null;
    });
  }

  async show(id: number): Promise<void> {
    await attempt(async () => (this.shown = await client.reports.get({ id })));
  }

  async compare(id: number | null): Promise<void> {
    await attempt(async () => (this.other = id === null ? null : await client.reports.get({ id })));
  }

  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await client.reports.run({}, { signal: abort.signal });
      await this.load();
      images.refresh();
    } catch (error) {
      if (!abort.signal.aborted) notices.fail(error);
    }
    this.running = false;
    this.progress = null;
  }

  /** What is done is kept: the next start goes on from there. */
  stop(): void {
    this.#abort?.abort();
  }

  /** What holds of a claim. */
  reviewOf(className: string, claim: string): ReportReview | undefined {
    return this.shown?.reviews.findLast((one) => one.className === className && one.claim === claim);
  }

  async review(review: Omit<ReportReview, 'createdAt'>): Promise<void> {
    const report = this.shown;
    if (!report) return;
    await attempt(async () => {
      const reviews = await client.reports.review({ ...review, id: report.id });
      // A comment and a decision may be on their way at once; every answer holds all reviews until then.
      if (this.shown?.id === report.id && reviews.length > this.shown.reviews.length)
        this.shown = { ...this.shown, reviews };
    });
  }

  async nameGroup(name: string, imageIds: number[]): Promise<void> {
    const reportId = this.shown?.id;
    await attempt(async () => (this.groups = await client.reports.putGroup({ name, reportId, imageIds })));
  }

  async dropGroup(id: number): Promise<void> {
    await attempt(async () => (this.groups = await client.reports.dropGroup({ id })));
  }

  /** The images as a view of the library; with Inspect, beginning at one of them. */
  async open(imageIds: number[], first: number | undefined, screen: Screen): Promise<void> {
    images.narrow({ ...EVERYTHING, ids: imageIds });
    const order = await attempt(() => client.library.ids({ ids: imageIds }));
    images.current = Math.max(0, order?.indexOf(first ?? -1) ?? 0);
    app.go(screen);
  }

  openGroup(groupId: number): void {
    images.narrow({ ...EVERYTHING, groupId });
    app.go('library');
  }
}

export const report = new Report();
