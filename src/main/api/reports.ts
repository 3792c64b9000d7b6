/** @file The `reports` area of the contract. */
import { resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import {
  type ImageGroup,
  REPORT_VERSION,
  type ReportCard,
  type ReportContent,
  type ReportResult,
  type ReportReview,
  type StartReport,
  type StoredReport,
} from '../../contract/reports';
import { writeFileAtomic } from '../files/write';
import { csvOf } from '../reports/csv';
import { pageOf } from '../reports/html/page';
import type { ReportRow } from '../store/reportTypes';
import type { ProjectStore } from '../store/types';
import { runAside } from '../training/aside';
import type { JobMessage } from '../training/host';
import { gatherReport, type ReportMaterial } from './reportMaterial';
import { reportPictures } from './reportPictures';
import type { Workspace } from './workspaceTypes';

export const reportsApi = (workspace: Workspace) => ({
  /** @throws PROJECT_NOT_OPEN, STOPPED, NOT_WRITABLE, DISK_FULL, what gatherReport throws */
  run: async (wish: StartReport, { signal }: { signal?: AbortSignal } = {}): Promise<ReportResult> => {
    const store = workspace.requireStore();
    const material = await gatherReport(store, wish);
    const id = await make(workspace, store, material, wish, signal);
    const content = store.reportContent(id)!;
    const wanted = { html: wish.html && resolve(wish.html), csv: wish.csv && resolve(wish.csv) };
    await writeFiles(store, id, wanted);
    return { ...content, id, html: wanted.html ?? null, csv: wanted.csv ?? null };
  },

  list: (): ReportCard[] => {
    const store = workspace.requireStore();
    return store
      .reports()
      .filter((row) => row.finishedAt === null || contentIn(store, row.id) !== null)
      .map((row) => cardOf(store, row));
  },

  get: ({ id }: { id?: number }): StoredReport | null => {
    const store = workspace.requireStore();
    for (const row of store.reports()) {
      const content = id === undefined || id === row.id ? contentIn(store, row.id) : null;
      if (content) return { ...cardOf(store, row), content, reviews: store.reviews(row.id) };
    }
    if (id !== undefined) throw unknown(id);
    return null;
  },

  /** @throws REPORT_UNKNOWN, NOT_WRITABLE, DISK_FULL */
  write: async ({
    id,
    html,
    csv,
  }: {
    id: number;
    html?: string;
    csv?: string;
  }): Promise<{ files: string[] }> => {
    const wanted = { html: html && resolve(html), csv: csv && resolve(csv) };
    return { files: await writeFiles(workspace.requireStore(), id, wanted) };
  },

  /** @throws REPORT_UNKNOWN */
  review: ({ id, ...review }: Omit<ReportReview, 'createdAt'> & { id: number }): ReportReview[] => {
    const store = workspace.requireStore();
    contentOf(store, id);
    store.addReview(id, review);
    return store.reviews(id);
  },

  groups: (): ImageGroup[] => workspace.requireStore().groups(),

  putGroup: ({
    name,
    reportId,
    imageIds,
  }: {
    name: string;
    reportId?: number;
    imageIds: number[];
  }): ImageGroup[] => {
    const store = workspace.requireStore();
    if (reportId !== undefined) contentOf(store, reportId);
    store.putGroup(name, reportId ?? null, imageIds);
    return store.groups();
  },

  dropGroup: ({ id }: { id: number }): ImageGroup[] => {
    const store = workspace.requireStore();
    store.dropGroup(id);
    return store.groups();
  },
});

/** Makes the report, goes on with it where the same was broken off, or finds it done. @returns its id */
async function make(
  workspace: Workspace,
  store: ProjectStore,
  { job, encoder, positive, negative, objectsFrom, fingerprint }: ReportMaterial,
  { device, fresh }: StartReport,
  signal: AbortSignal | undefined,
): Promise<number> {
  const began = performance.now();
  const same = store.reports().find((row) => row.fingerprint === fingerprint);
  if (same?.finishedAt && !fresh) return same.id;
  if (same && !same.finishedAt && fresh) store.dropReport(same.id);
  const unfinished = same && !same.finishedAt && !fresh ? same.id : null;
  const id = unfinished ?? store.addReport({ fingerprint, encoderId: encoder.id, runId: positive.id });
  const state = store.reportState(id);
  const checkpoint = state && { step: Object.keys(state).length, arrays: {}, state };
  let progress = { done: 0, total: 1 };
  const onMessage = (message: JobMessage): void => {
    if (message.type === 'checkpoint') store.putReportState(id, message.checkpoint.state);
    if (message.type !== 'progress') return;
    progress = { done: message.step, total: message.steps };
    workspace.emit({ type: 'report', ...progress, finished: false });
  };
  try {
    const result = await runAside(job, device, { spawn: workspace.spawn, signal, onMessage, checkpoint });
    const content: ReportContent = {
      ...result.content,
      encoder: {
        id: encoder.id,
        name: encoder.name,
        noiseReady: encoder.noiseReady,
        answers: result.answers,
      },
      runs: { positive: positive.id, negative: negative?.id ?? null },
      objectsFrom,
      seconds: (performance.now() - began) / 1000,
    };
    store.finishReport(id, content);
    store.putSuspicions(result.suspicion);
    progress = { done: progress.total, total: progress.total };
    return id;
  } finally {
    workspace.emit({ type: 'report', ...progress, finished: true });
  }
}

async function writeFiles(
  store: ProjectStore,
  id: number,
  { html, csv }: { html?: string; csv?: string },
): Promise<string[]> {
  const content = contentOf(store, id);
  const reviews = store.reviews(id);
  if (html) {
    const pictures = await reportPictures(store, content);
    await writeFileAtomic(html, pageOf({ content, reviews, pictures, folder: store.folder }));
  }
  if (csv) await writeFileAtomic(csv, csvOf(content, reviews));
  return [html, csv].filter((file) => file !== undefined);
}

function cardOf(store: ProjectStore, { id, createdAt, finishedAt, encoderId, runId }: ReportRow): ReportCard {
  const encoder = encoderId === null ? null : (store.encoder(encoderId)?.name ?? null);
  return { id, createdAt, finishedAt, encoder, runId };
}

/** null where it is unfinished, or says what another version knew. */
function contentIn(store: ProjectStore, id: number): ReportContent | null {
  const content = store.reportContent(id);
  return content?.version === REPORT_VERSION ? content : null;
}

function contentOf(store: ProjectStore, id: number): ReportContent {
  const content = contentIn(store, id);
  if (!content) throw unknown(id);
  return content;
}

function unknown(id: number): PenumbraError {
  return new PenumbraError(
    'REPORT_UNKNOWN',
    `There is no finished report ${id} of this version in this project.`,
  );
}
