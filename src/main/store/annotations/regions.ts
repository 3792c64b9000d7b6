/** @file Regions as rows. */
import type Database from 'better-sqlite3';
import type { Geometry, Region, RegionPut } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import { clip } from '../../../contract/geometry/clip';
import { labelIds } from './labels';

/** A region as the history remembers it: the label by its id, which outlives its name. */
export interface RegionRecord {
  id: number;
  labelId: number;
  geometry: Geometry;
  name: string | null;
  locked: boolean;
  hidden: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Canvas {
  sheetId: number;
  path: string;
  width: number;
  height: number;
}

type Raw<Row extends { geometry: Geometry }> = Omit<Row, 'geometry' | 'locked' | 'hidden'> & {
  geometry: string;
  locked: number;
  hidden: number;
};

const COLUMNS = `annotations.id, geometry, annotations.name, locked, hidden, created_at AS createdAt,
  updated_at AS updatedAt`;

const fromRaw = <Row extends { geometry: Geometry }>(raw: Raw<Row>): Row =>
  ({
    ...raw,
    geometry: JSON.parse(raw.geometry) as Geometry,
    locked: raw.locked === 1,
    hidden: raw.hidden === 1,
  }) as unknown as Row;

export function regionRows(db: Database.Database) {
  const ofImage = db.prepare(
    `SELECT ${COLUMNS}, image_id AS imageId, labels.name AS label FROM annotations
       JOIN annotation_sheets ON annotation_sheets.id = sheet_id JOIN labels ON labels.id = label_id
     WHERE image_id = ? ORDER BY annotations.id`,
  );
  const one = db.prepare(
    `SELECT ${COLUMNS}, label_id AS labelId FROM annotations WHERE sheet_id = ? AND id = ?`,
  );
  const put = db
    .prepare(
      `INSERT OR REPLACE INTO annotations
         (id, sheet_id, label_id, geometry, name, locked, hidden, created_at, updated_at)
       VALUES (@id, @sheetId, @labelId, @geometry, @name, @locked, @hidden, @createdAt, @updatedAt) RETURNING id`,
    )
    .pluck();
  const remove = db.prepare('DELETE FROM annotations WHERE id = ?');
  const labels = labelIds(db);

  /** @param id null: the next free one, which no region has had before */
  const write = (sheetId: number, region: Omit<RegionRecord, 'id'> & { id: number | null }): RegionRecord => {
    const labelId = labels.alive(region.labelId);
    const row = {
      ...region,
      ...{ sheetId, labelId },
      geometry: JSON.stringify(region.geometry),
      locked: Number(region.locked),
      hidden: Number(region.hidden),
    };
    return { ...region, labelId, id: put.get(row) as number };
  };

  const require = ({ sheetId, path }: Canvas, id: number): RegionRecord => {
    const raw = one.get(sheetId, id) as Raw<RegionRecord> | undefined;
    if (!raw) throw new PenumbraError('INVALID_INPUT', `"${path}" has no region ${id}; it may be gone.`);
    return fromRaw(raw);
  };

  return {
    ofImage: (imageId: number): Region[] => (ofImage.all(imageId) as Raw<Region>[]).map(fromRaw),
    require,
    write,
    remove: (id: number): void => void remove.run(id),

    /** What a region will be. @throws INVALID_INPUT */
    changed: (
      canvas: Canvas,
      before: RegionRecord | null,
      { label, ...put }: RegionPut,
    ): Omit<RegionRecord, 'id'> & { id: number | null } => {
      const now = new Date().toISOString();
      const base = before ?? { id: null, name: null, locked: false, hidden: false, createdAt: now };
      return {
        ...base,
        name: put.name === undefined ? base.name : put.name,
        locked: put.locked ?? base.locked,
        hidden: put.hidden ?? base.hidden,
        // The contract has seen to it that a new region has both.
        labelId: label === undefined ? before!.labelId : labels.of(label),
        geometry: put.geometry === undefined ? before!.geometry : cut(put.geometry, canvas),
        updatedAt: now,
      };
    },
  };
}

function cut(geometry: Geometry, { width, height, path }: Canvas): Geometry {
  const inside = clip(geometry, width, height);
  if (inside) return inside;
  throw new PenumbraError('INVALID_INPUT', `The region lies outside of "${path}", or encloses nothing.`);
}
