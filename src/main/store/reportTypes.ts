/** @file Reports as the program sees their rows. */
import type { ImageGroup, ReportContent, ReportReview } from '../../contract/reports';

export interface NewReport {
  /** Of everything it is made from. */
  fingerprint: string;
  encoderId: number;
  /** The positive mask run whose maps it reads. */
  runId: number;
}

export interface ReportRow {
  id: number;
  createdAt: string;
  /** null: it was broken off, and its state can be gone on from. */
  finishedAt: string | null;
  fingerprint: string;
  encoderId: number | null;
  runId: number | null;
}

export interface ReportsStore {
  addReport(report: NewReport): number;
  /** Newest first. */
  reports(): ReportRow[];
  reportContent(id: number): ReportContent | null;
  /** What an unfinished report has done so far. */
  reportState(id: number): Record<string, unknown> | null;
  putReportState(id: number, state: Record<string, unknown>): void;
  finishReport(id: number, content: ReportContent): void;
  dropReport(id: number): void;

  /** Appends: earlier decisions on the same claim are kept. */
  addReview(reportId: number, review: Omit<ReportReview, 'createdAt'>): void;
  /** Oldest first. */
  reviews(reportId: number): ReportReview[];

  /** Makes a group of images, or fills one of that name anew. @returns its id */
  putGroup(name: string, reportId: number | null, imageIds: number[]): number;
  groups(): ImageGroup[];
  dropGroup(id: number): void;
}
