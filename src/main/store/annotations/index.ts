/** @file Annotations: every change is one transaction, and one step of its image's history. */
import type Database from 'better-sqlite3';
import type { Label, RegionChange, TagCount } from '../../../contract/annotations';
import { type Delta, historyRows } from './history';
import { labelsArea } from './labels';
import { type Canvas, regionRows } from './regions';
import { patched, sheetRows } from './sheets';
import type { AnnotationStore, SheetEdit } from './types';

export function annotationsArea(db: Database.Database): AnnotationStore {
  const sheets = sheetRows(db);
  const regions = regionRows(db);
  const history = historyRows(db);
  const tags = db.prepare(
    `SELECT tag AS name, count(*) AS images FROM sheet_tags JOIN annotation_sheets ON annotation_sheets.id = sheet_id
     WHERE image_id IS NOT NULL GROUP BY tag ORDER BY tag`,
  );

  const changeRegion = (canvas: Canvas, change: RegionChange): Delta['regions'][number] => {
    if ('remove' in change) {
      const before = regions.require(canvas, change.remove);
      regions.remove(before.id);
      return { before, after: null };
    }
    const { put } = change;
    const before = put.id === undefined ? null : regions.require(canvas, put.id);
    return { before, after: regions.write(canvas.sheetId, regions.changed(canvas, before, put)) };
  };

  const edit = ({ imageId, title, changes = [], state }: SheetEdit): number[] => {
    const canvas = sheets.open(imageId);
    const { sheetId } = canvas;
    const changed = changes.map((change) => changeRegion(canvas, change));
    const before = sheets.state(sheetId);
    const after = patched(before, state ?? {});
    const said = JSON.stringify(before) !== JSON.stringify(after);
    if (said) sheets.putState(sheetId, after);
    if (changed.length > 0 || said) {
      history.push(sheetId, title, { regions: changed, state: said ? { before, after } : null });
      sheets.copy(sheetId);
    }
    return changed.flatMap(({ after }) => after?.id ?? []);
  };

  const step = (imageId: number, way: 'undo' | 'redo'): boolean => {
    const { sheetId } = sheets.find(imageId);
    const delta = sheetId === null ? null : history.take(sheetId, way);
    if (sheetId === null || delta === null) return false;
    const side = way === 'undo' ? 'before' : 'after';
    // A step may change a region twice: taken back, the last change goes first.
    for (const change of way === 'undo' ? delta.regions.toReversed() : delta.regions) {
      const wanted = change[side];
      if (wanted) regions.write(sheetId, wanted);
      else regions.remove((change.before ?? change.after)!.id);
    }
    if (delta.state) sheets.putState(sheetId, delta.state[side]);
    sheets.copy(sheetId);
    return true;
  };

  const labels = labelsArea(db);
  return {
    ...labels,
    tags: () => tags.all() as TagCount[],
    annotations: (imageId) => {
      const { sheetId } = sheets.find(imageId);
      return {
        regions: regions.ofImage(imageId),
        state: sheets.state(sheetId),
        history: history.titles(sheetId),
      };
    },
    annotationHistory: (imageId) => history.titles(sheets.find(imageId).sheetId),
    editAnnotations: db.transaction((edits: SheetEdit[], newLabels: Label[] = []) => {
      for (const label of newLabels) labels.putLabel(label);
      return edits.map(edit);
    }),
    undoAnnotations: db.transaction((imageId: number) => step(imageId, 'undo')),
    redoAnnotations: db.transaction((imageId: number) => step(imageId, 'redo')),
  };
}
