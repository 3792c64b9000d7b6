/** @file Reports, the reviews of their claims, and groups of images that got a name. */
import { deflateSync, inflateSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { ImageGroup, ReportContent, ReportReview } from '../../contract/reports';
import type { NewReport, ReportRow, ReportsStore } from './reportTypes';

const SELECT = `SELECT id, created_at AS createdAt, finished_at AS finishedAt, fingerprint, encoder_id AS encoderId,
    run_id AS runId FROM reports`;

const packed = (value: unknown): Uint8Array => deflateSync(JSON.stringify(value));
const unpacked = (data: unknown): unknown =>
  data === undefined || data === null ? null : JSON.parse(inflateSync(data as Uint8Array).toString('utf8'));
const now = (): string => new Date().toISOString();

export function reportsArea(db: Database.Database): ReportsStore {
  return { ...reportRows(db), ...reviews(db), ...groups(db) };
}

function reportRows(
  db: Database.Database,
): Pick<
  ReportsStore,
  'addReport' | 'reports' | 'reportContent' | 'reportState' | 'putReportState' | 'finishReport' | 'dropReport'
> {
  const add = db.prepare(
    'INSERT INTO reports (created_at, fingerprint, encoder_id, run_id) VALUES (?, @fingerprint, @encoderId, @runId)',
  );
  const all = db.prepare(`${SELECT} ORDER BY id DESC`);
  const content = db.prepare('SELECT content FROM reports WHERE id = ?').pluck();
  const state = db.prepare('SELECT state FROM reports WHERE id = ?').pluck();
  const putState = db.prepare('UPDATE reports SET state = ? WHERE id = ?');
  const finish = db.prepare('UPDATE reports SET content = ?, state = NULL, finished_at = ? WHERE id = ?');
  const drop = db.prepare('DELETE FROM reports WHERE id = ?');
  return {
    addReport: (report: NewReport) => Number(add.run(now(), report).lastInsertRowid),
    reports: () => all.all() as ReportRow[],
    reportContent: (id) => unpacked(content.get(id)) as ReportContent | null,
    reportState: (id) => unpacked(state.get(id)) as Record<string, unknown> | null,
    putReportState: (id, value) => void putState.run(packed(value), id),
    finishReport: (id, report) => void finish.run(packed(report), now(), id),
    dropReport: (id) => void drop.run(id),
  };
}

function reviews(db: Database.Database): Pick<ReportsStore, 'addReview' | 'reviews'> {
  const add = db.prepare(
    `INSERT INTO report_reviews (report_id, class_name, claim, decision, comment, created_at)
     VALUES (@reportId, @className, @claim, @decision, @comment, @createdAt)`,
  );
  const all = db.prepare(
    `SELECT class_name AS className, claim, decision, comment, created_at AS createdAt FROM report_reviews
     WHERE report_id = ? ORDER BY id`,
  );
  return {
    addReview: (reportId, review) => void add.run({ ...review, reportId, createdAt: now() }),
    reviews: (reportId) => all.all(reportId) as ReportReview[],
  };
}

function groups(db: Database.Database): Pick<ReportsStore, 'putGroup' | 'groups' | 'dropGroup'> {
  const find = db.prepare('SELECT id FROM image_groups WHERE name = ?').pluck();
  const add = db.prepare('INSERT INTO image_groups (name, report_id, created_at) VALUES (?, ?, ?)');
  const clear = db.prepare('DELETE FROM image_group_members WHERE group_id = ?');
  // Images may have left the folder since the group was drawn.
  const join = db.prepare(
    'INSERT OR IGNORE INTO image_group_members (group_id, image_id) SELECT ?, id FROM images WHERE id = ?',
  );
  const all = db.prepare(
    `SELECT image_groups.id, name, report_id AS reportId, count(image_id) AS images FROM image_groups
     LEFT JOIN image_group_members ON group_id = image_groups.id GROUP BY image_groups.id ORDER BY name`,
  );
  const drop = db.prepare('DELETE FROM image_groups WHERE id = ?');
  return {
    putGroup: db.transaction((name: string, reportId: number | null, imageIds: number[]) => {
      const known = find.get(name) as number | undefined;
      const id = known ?? Number(add.run(name, reportId, now()).lastInsertRowid);
      clear.run(id);
      for (const imageId of imageIds) join.run(id, imageId);
      return id;
    }),
    groups: () => all.all() as ImageGroup[],
    dropGroup: (id) => void drop.run(id),
  };
}
