/** @file Images, their classes and splits, and the files that could not be read. */
import type Database from 'better-sqlite3';
import { sheetKeeper } from './annotations/sheets';
import { searchForm } from './imageList';
import { duplicateFinder } from './measures';
import type { ImageRow, ProjectStore, ScannedImage, UnreadableImage } from './types';

type ImagesArea = Pick<
  ProjectStore,
  | 'putImages'
  | 'putUnreadable'
  | 'keepOnly'
  | 'doubtImage'
  | 'knownFiles'
  | 'counts'
  | 'images'
  | 'image'
  | 'thumbnail'
  | 'unreadable'
>;

const ROW = `SELECT images.id, path, classes.name AS className, split, width, height, hash
  FROM images LEFT JOIN classes ON classes.id = class_id`;

export function imagesArea(db: Database.Database): ImagesArea {
  const addClass = db.prepare('INSERT INTO classes (name) VALUES (?)');
  const findClass = db.prepare('SELECT id FROM classes WHERE name = ?').pluck();
  const classId = (name: string) => findClass.get(name) ?? addClass.run(name).lastInsertRowid;
  const tellStaleMaps = db.prepare(
    `INSERT OR REPLACE INTO image_warnings (image_id, kind, message)
     SELECT id, 'map', 'Its file has changed since its maps were computed; compute its maps again.' FROM images
     WHERE path = ? AND hash <> ? AND EXISTS (SELECT 1 FROM noise_maps WHERE image_id = images.id)`,
  );
  // A changed file is another picture: what was computed from the old one must not be shown with it.
  const dropStaleMaps = db.prepare(
    `DELETE FROM noise_maps WHERE image_id = (SELECT id FROM images WHERE path = ? AND hash <> ?)`,
  );
  const dropStaleBits = db.prepare(
    `UPDATE images SET positive_bits = NULL, negative_bits = NULL, positive_spread = NULL, negative_spread = NULL,
       disagreement = NULL, suspicion = NULL
     WHERE path = ? AND hash <> ?`,
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
    tellStaleMaps.run(path, hash);
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
  const doubt = db.prepare('UPDATE images SET modified_ms = -1 WHERE id = ?');
  const sheets = sheetKeeper(db);
  const duplicates = duplicateFinder(db);
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
      duplicates.find();
    }),
    doubtImage: (id) => void doubt.run(id),
    ...imageQueries(db),
  };
}

function imageQueries(
  db: Database.Database,
): Omit<ImagesArea, 'putImages' | 'putUnreadable' | 'keepOnly' | 'doubtImage'> {
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
    images: ({ split, ids } = {}) => {
      if (ids) return byIds.all({ ids: JSON.stringify(ids), split: split ?? null }) as ImageRow[];
      return (split === undefined ? every.all() : ofSplit.all(split)) as ImageRow[];
    },
    image: (id) => (byId.get(id) as ImageRow | undefined) ?? null,
    thumbnail: (id) => (webp.get(id) as Uint8Array | undefined) ?? null,
    unreadable: () => allUnreadable.all() as UnreadableImage[],
  };
}
