/** @file Sheets: what was said of an image. A sheet outlives its image and is given to the file that takes its place. */
import type Database from 'better-sqlite3';
import type { ImageState, StatePatch } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import type { Canvas } from './regions';

export function sheetRows(db: Database.Database) {
  const image = db.prepare(
    `SELECT images.id AS imageId, images.path, images.hash, width, height, annotation_sheets.id AS sheetId
     FROM images LEFT JOIN annotation_sheets ON image_id = images.id WHERE images.id = ?`,
  );
  const add = db.prepare(
    'INSERT INTO annotation_sheets (image_id, path, hash) VALUES (@imageId, @path, @hash)',
  );
  const said = db.prepare('SELECT checked, note FROM annotation_sheets WHERE id = ?');
  const tags = db.prepare('SELECT tag FROM sheet_tags WHERE sheet_id = ? ORDER BY tag').pluck();
  const say = db.prepare('UPDATE annotation_sheets SET checked = @checked, note = @note WHERE id = @id');
  const clearTags = db.prepare('DELETE FROM sheet_tags WHERE sheet_id = ?');
  const addTag = db.prepare('INSERT INTO sheet_tags (sheet_id, tag) VALUES (?, ?)');
  const copy = db.prepare(COPY);

  /** The image with its sheet, if it has one. @throws IMAGE_UNKNOWN */
  const find = (imageId: number) => {
    const found = image.get(imageId) as
      | (Omit<Canvas, 'sheetId'> & { imageId: number; hash: string; sheetId: number | null })
      | undefined;
    if (found) return found;
    throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${imageId} in this project.`);
  };

  return {
    find,
    /** The image with its sheet, made if there was none. @throws IMAGE_UNKNOWN */
    open: (imageId: number): Canvas => {
      const { sheetId, ...found } = find(imageId);
      return { ...found, sheetId: sheetId ?? Number(add.run(found).lastInsertRowid) };
    },
    state: (sheetId: number | null): ImageState => {
      if (sheetId === null) return { checked: false, tags: [], note: '' };
      const { checked, note } = said.get(sheetId) as { checked: number; note: string };
      return { checked: checked === 1, note, tags: tags.all(sheetId) as string[] };
    },
    putState: (sheetId: number, state: ImageState): void => {
      say.run({ id: sheetId, checked: Number(state.checked), note: state.note });
      clearTags.run(sheetId);
      for (const tag of state.tags) addTag.run(sheetId, tag);
    },
    /** Brings the columns of `images` up to date. */
    copy: (sheetId: number): void => void copy.run(sheetId),
  };
}

const COPY = `UPDATE images SET checked = sheet.checked, regions = sheet.regions FROM (
    SELECT image_id, checked, (SELECT count(*) FROM annotations WHERE sheet_id = annotation_sheets.id) AS regions
    FROM annotation_sheets WHERE id = ?
  ) AS sheet WHERE images.id = sheet.image_id`;

export function patched(state: ImageState, { checked, addTags, removeTags, note }: StatePatch): ImageState {
  const gone = new Set(removeTags);
  const tags = new Set([...state.tags.filter((tag) => !gone.has(tag)), ...(addTags ?? [])]);
  return { checked: checked ?? state.checked, note: note ?? state.note, tags: [...tags].sort() };
}

/** What a scan does about sheets: images come and go, and nothing that was drawn is lost with them. */
export function sheetKeeper(db: Database.Database) {
  const remember = db.prepare(
    `UPDATE annotation_sheets SET path = images.path, hash = images.hash FROM images
     WHERE images.id = image_id AND image_id = ?`,
  );
  const orphans = db.prepare('SELECT id, path, hash FROM annotation_sheets WHERE image_id IS NULL');
  // The same place goes before the same content: a copy elsewhere may be somebody's own.
  const heir = db
    .prepare(
      `SELECT id FROM images WHERE (path = @path OR hash = @hash)
         AND NOT EXISTS (SELECT 1 FROM annotation_sheets WHERE image_id = images.id)
       ORDER BY path = @path DESC, path LIMIT 1`,
    )
    .pluck();
  const adopt = db.prepare('UPDATE annotation_sheets SET image_id = ? WHERE id = ?');
  const copy = db.prepare(COPY);
  return {
    /** Before an image is forgotten. */
    remember: (imageId: number): void => void remember.run(imageId),
    /** Gives sheets without an image to images without a sheet, by path or by content. */
    reunite: (): void => {
      for (const sheet of orphans.all() as { id: number; path: string; hash: string }[]) {
        const imageId = heir.get(sheet) as number | undefined;
        if (imageId === undefined) continue;
        adopt.run(imageId, sheet.id);
        copy.run(sheet.id);
      }
    },
  };
}
