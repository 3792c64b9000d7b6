/** @file Steps that can be taken back, and brought back, of every image; they last as long as the project. */
import { deflateSync, inflateSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { AnnotationHistory, ImageState } from '../../../contract/annotations';
import type { RegionRecord } from './regions';

/** What one step has changed. */
export interface Delta {
  regions: { before: RegionRecord | null; after: RegionRecord | null }[];
  state: { before: ImageState; after: ImageState } | null;
}

/** Steps kept of an image. */
const DEPTH = 1000;

export function historyRows(db: Database.Database) {
  const undoable = 'FROM annotation_history WHERE sheet_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1';
  const redoable = 'FROM annotation_history WHERE sheet_id = ? AND undone = 1 ORDER BY id LIMIT 1';
  const titles = {
    undo: db.prepare(`SELECT title ${undoable}`).pluck(),
    redo: db.prepare(`SELECT title ${redoable}`).pluck(),
  };
  const steps = {
    undo: db.prepare(`SELECT id, delta ${undoable}`),
    redo: db.prepare(`SELECT id, delta ${redoable}`),
  };
  const mark = db.prepare('UPDATE annotation_history SET undone = ? WHERE id = ?');
  const forgetUndone = db.prepare('DELETE FROM annotation_history WHERE sheet_id = ? AND undone = 1');
  const forgetOldest = db.prepare(
    `DELETE FROM annotation_history WHERE id IN (
       SELECT id FROM annotation_history WHERE sheet_id = ? AND undone = 0 ORDER BY id DESC LIMIT -1 OFFSET ${DEPTH})`,
  );
  const add = db.prepare(
    'INSERT INTO annotation_history (sheet_id, title, created_at, delta) VALUES (?, ?, ?, ?)',
  );

  return {
    titles: (sheetId: number | null): AnnotationHistory => ({
      undo: (sheetId === null ? undefined : (titles.undo.get(sheetId) as string | undefined)) ?? null,
      redo: (sheetId === null ? undefined : (titles.redo.get(sheetId) as string | undefined)) ?? null,
    }),
    /** A new step: what was undone before it cannot come back. */
    push: (sheetId: number, title: string, delta: Delta): void => {
      forgetUndone.run(sheetId);
      add.run(sheetId, title, new Date().toISOString(), deflateSync(JSON.stringify(delta)));
      forgetOldest.run(sheetId);
    },
    /** The step to take back or to bring back, which counts as done from now on. */
    take: (sheetId: number, way: 'undo' | 'redo'): Delta | null => {
      const step = steps[way].get(sheetId) as { id: number; delta: Uint8Array } | undefined;
      if (!step) return null;
      mark.run(way === 'undo' ? 1 : 0, step.id);
      return JSON.parse(inflateSync(step.delta).toString()) as Delta;
    },
  };
}
