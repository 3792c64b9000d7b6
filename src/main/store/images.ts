/** @file Images, their classes and splits, and the files that could not be read. */
import type Database from 'better-sqlite3';
import type { ImageItem, ImageQuery } from '../../contract/types';
import { sheetKeeper } from './annotations/sheets';
import type { ImageRow, ProjectStore, ScannedImage, UnreadableImage } from './types';

type ImagesArea = Pick<
  ProjectStore,
  | 'putImages'
  | 'putUnreadable'
  | 'keepOnly'
  | 'knownFiles'
  | 'counts'
  | 'listImages'
  | 'images'
  | 'image'
  | 'thumbnail'
  | 'unreadable'
>;

const ROW = `SELECT images.id, path, classes.name AS className, split, width, height, hash
  FROM images LEFT JOIN classes ON classes.id = class_id`;

/** Rows are chosen and cut in the index first; only those that are shown are looked up in full. */
const ITEM = `SELECT images.id, path, classes.name AS className, split, width, height,
    positive_bits AS positiveBits, negative_bits AS negativeBits, regions, checked,
    (SELECT json_group_array(tag) FROM sheet_tags JOIN annotation_sheets ON annotation_sheets.id = sheet_id
     WHERE image_id = images.id) AS tags
  FROM images LEFT JOIN classes ON classes.id = class_id`;

const SORT_COLUMN = { name: 'path', positiveBits: 'positive_bits', negativeBits: 'negative_bits' } as const;

/** One form for what is stored and what is typed: macOS writes names decomposed, people type them composed. */
const searchForm = (text: string): string => text.normalize('NFC').toLowerCase();

export function imagesArea(db: Database.Database): ImagesArea {
  const addClass = db.prepare('INSERT INTO classes (name) VALUES (?)');
  const findClass = db.prepare('SELECT id FROM classes WHERE name = ?').pluck();
  const classId = (name: string) => findClass.get(name) ?? addClass.run(name).lastInsertRowid;
  // A changed file is another picture: what was computed from the old one must not be shown with it.
  const dropStaleMaps = db.prepare(
    `DELETE FROM noise_maps WHERE image_id = (SELECT id FROM images WHERE path = ? AND hash <> ?)`,
  );
  const dropStaleBits = db.prepare(
    'UPDATE images SET positive_bits = NULL, negative_bits = NULL WHERE path = ? AND hash <> ?',
  );
  const putImage = db
    .prepare(
      `INSERT INTO images (path, search, class_id, split, width, height, bytes, modified_ms, hash)
       VALUES (@path, @search, @classId, @split, @width, @height, @bytes, @modifiedMs, @hash)
       ON CONFLICT (path) DO UPDATE SET class_id = excluded.class_id, split = excluded.split,
         width = excluded.width, height = excluded.height, bytes = excluded.bytes,
         modified_ms = excluded.modified_ms, hash = excluded.hash
       RETURNING id`,
    )
    .pluck();
  const putThumbnail = db.prepare('INSERT OR REPLACE INTO thumbnails (image_id, webp) VALUES (?, ?)');

  const putOne = (image: ScannedImage): void => {
    const { path, className, hash, thumbnail, ...rest } = image;
    dropStaleMaps.run(path, hash);
    dropStaleBits.run(path, hash);
    const row = {
      ...rest,
      path,
      hash,
      search: searchForm(path),
      classId: className === null ? null : classId(className),
    };
    putThumbnail.run(putImage.get(row), thumbnail);
  };

  const clearUnreadable = db.prepare('DELETE FROM unreadable');
  const addUnreadable = db.prepare('INSERT OR REPLACE INTO unreadable VALUES (@path, @code, @message)');
  const sheets = sheetKeeper(db);
  const allPaths = db.prepare('SELECT id, path FROM images');
  const forget = db.prepare('DELETE FROM images WHERE id = ?');
  const forgetClasses = db.prepare(
    'DELETE FROM classes WHERE id NOT IN (SELECT class_id FROM images WHERE class_id IS NOT NULL)',
  );

  return {
    putImages: db.transaction((images: ScannedImage[]) => {
      for (const image of images) putOne(image);
    }),
    putUnreadable: db.transaction((files: UnreadableImage[]) => {
      clearUnreadable.run();
      for (const file of files) addUnreadable.run(file);
    }),
    keepOnly: db.transaction((paths: ReadonlySet<string>) => {
      for (const { id, path } of allPaths.all() as { id: number; path: string }[]) {
        if (paths.has(path)) continue;
        sheets.remember(id);
        forget.run(id);
      }
      sheets.reunite();
      forgetClasses.run();
    }),
    ...imageQueries(db),
  };
}

function imageQueries(db: Database.Database): Omit<ImagesArea, 'putImages' | 'putUnreadable' | 'keepOnly'> {
  const known = db.prepare('SELECT path, bytes, modified_ms AS modifiedMs FROM images');
  const countImages = db.prepare('SELECT count(*) FROM images').pluck();
  const countUnreadable = db.prepare('SELECT count(*) FROM unreadable').pluck();
  const countClasses = db.prepare(
    `SELECT classes.id, name, count(*) AS images FROM images JOIN classes ON classes.id = class_id
     GROUP BY class_id ORDER BY name`,
  );
  const countSplits = db.prepare(
    `SELECT split AS name, count(*) AS images FROM images WHERE split IS NOT NULL
     GROUP BY split ORDER BY split`,
  );
  const every = db.prepare(`${ROW} ORDER BY path`);
  const ofSplit = db.prepare(`${ROW} WHERE split = ? ORDER BY path`);
  const byId = db.prepare(`${ROW} WHERE images.id = ?`);
  const byIds = db.prepare(
    `${ROW} WHERE images.id IN (SELECT value FROM json_each(@ids))
       AND (@split IS NULL OR split = @split) ORDER BY path`,
  );
  const webp = db.prepare('SELECT webp FROM thumbnails WHERE image_id = ?').pluck();
  const allUnreadable = db.prepare('SELECT path, code, message FROM unreadable ORDER BY path');

  return {
    knownFiles: () => {
      const rows = known.all() as { path: string; bytes: number; modifiedMs: number }[];
      return new Map(rows.map(({ path, bytes, modifiedMs }) => [path, { bytes, modifiedMs }]));
    },
    counts: () => ({
      images: countImages.get() as number,
      unreadable: countUnreadable.get() as number,
      classes: countClasses.all() as { id: number; name: string; images: number }[],
      splits: countSplits.all() as { name: string; images: number }[],
    }),
    listImages: (query) => listImages(db, query),
    images: ({ split, ids } = {}) => {
      if (ids) return byIds.all({ ids: JSON.stringify(ids), split: split ?? null }) as ImageRow[];
      return (split === undefined ? every.all() : ofSplit.all(split)) as ImageRow[];
    },
    image: (id) => (byId.get(id) as ImageRow | undefined) ?? null,
    thumbnail: (id) => (webp.get(id) as Uint8Array | undefined) ?? null,
    unreadable: () => allUnreadable.all() as UnreadableImage[],
  };
}

/** One page and the number of all that match; images without a map come last when sorted by bits. */
function listImages(db: Database.Database, query: ImageQuery): { total: number; images: ImageItem[] } {
  const conditions: string[] = [];
  const values: Record<string, unknown> = { limit: query.limit, offset: query.offset };
  if (query.className !== undefined) {
    conditions.push('class_id = (SELECT id FROM classes WHERE name = @className)');
    values.className = query.className;
  }
  if (query.split !== undefined) {
    conditions.push('split = @split');
    values.split = query.split;
  }
  if (query.search) {
    conditions.push('instr(search, @search) > 0');
    values.search = searchForm(query.search);
  }
  if (query.checked !== undefined) {
    conditions.push('checked = @checked');
    values.checked = Number(query.checked);
  }
  // As the index has it.
  if (query.annotated !== undefined) conditions.push(`(regions > 0) = ${Number(query.annotated)}`);
  if (query.tag !== undefined) {
    conditions.push(
      `images.id IN (SELECT image_id FROM annotation_sheets JOIN sheet_tags ON sheet_id = annotation_sheets.id
         WHERE tag = @tag)`,
    );
    values.tag = query.tag;
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const direction = query.descending ? 'DESC' : 'ASC';
  const column = SORT_COLUMN[query.sort];
  const order =
    column === 'path' ? `path ${direction}` : `${column} ${direction} NULLS LAST, path ${direction}`;
  const page = `SELECT id FROM images ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`;
  type Raw = Omit<ImageItem, 'checked' | 'tags'> & { checked: number; tags: string };
  const items = db.prepare(`${ITEM} WHERE images.id IN (${page}) ORDER BY ${order}`).all(values) as Raw[];
  return {
    total: db.prepare(`SELECT count(*) FROM images ${where}`).pluck().get(values) as number,
    images: items.map(({ checked, tags, ...item }) => ({
      ...item,
      checked: checked === 1,
      tags: JSON.parse(tags) as string[],
    })),
  };
}
