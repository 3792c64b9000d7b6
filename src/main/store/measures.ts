/** @file What was measured of images beside their maps: spread, disagreement, suspicion, and warnings. */
import type Database from 'better-sqlite3';
import { newestBits } from './newestBits';
import type { MapSpread, ProjectStore } from './types';

type MeasuresArea = Pick<
  ProjectStore,
  'unmeasuredImages' | 'putSpreads' | 'putDisagreements' | 'putSuspicions' | 'putMapWarnings'
>;

export function measuresArea(db: Database.Database): MeasuresArea {
  const unmeasured = db
    .prepare(
      `SELECT image_id FROM entropies INDEXED BY entropies_without_spread WHERE spread IS NULL
       UNION SELECT id FROM images INDEXED BY images_by_disagreement
         WHERE disagreement IS NULL AND positive_bits IS NOT NULL AND negative_bits IS NOT NULL LIMIT ?`,
    )
    .pluck();
  const spread = db.prepare(
    'UPDATE entropies SET spread = @spread WHERE run_id = @runId AND image_id = @imageId',
  );
  const newest = newestBits(db);
  const disagreement = db.prepare('UPDATE images SET disagreement = @disagreement WHERE id = @imageId');
  const forgetSuspicions = db.prepare('UPDATE images SET suspicion = NULL WHERE suspicion IS NOT NULL');
  const suspicion = db.prepare('UPDATE images SET suspicion = @suspicion WHERE id = @imageId');
  const warn = db.prepare(
    `INSERT OR REPLACE INTO image_warnings (image_id, kind, message)
     SELECT id, 'map', @message FROM images WHERE id = @imageId`,
  );
  return {
    unmeasuredImages: (limit) => unmeasured.all(limit) as number[],
    putSpreads: db.transaction((measured: MapSpread[]) => {
      for (const one of measured) spread.run(one);
      for (const imageId of new Set(measured.map((one) => one.imageId))) newest.renewSpreads(imageId);
    }),
    putDisagreements: db.transaction((measured: { imageId: number; disagreement: number }[]) => {
      for (const one of measured) disagreement.run(one);
    }),
    putSuspicions: db.transaction((found: { imageId: number; suspicion: number }[]) => {
      forgetSuspicions.run();
      for (const one of found) suspicion.run(one);
    }),
    putMapWarnings: db.transaction((failed: { imageId: number; message: string }[]) => {
      for (const one of failed) warn.run(one);
    }),
  };
}

/** Finds files of equal content, which a training set may hold by mistake, or in two splits or classes. */
export function duplicateFinder(db: Database.Database): { find(): void } {
  const forget = db.prepare(`DELETE FROM image_warnings WHERE kind = 'duplicate'`);
  const find = db.prepare(
    `INSERT INTO image_warnings (image_id, kind, message)
     SELECT images.id, 'duplicate', 'The same file is also at ' ||
       (SELECT path FROM images AS other WHERE other.hash = images.hash AND other.id <> images.id ORDER BY path LIMIT 1) ||
       CASE WHEN copies.number > 2 THEN ' and ' || (copies.number - 2) || ' more' ELSE '' END || '.'
     FROM images JOIN (SELECT hash, count(*) AS number FROM images GROUP BY hash HAVING count(*) > 1) AS copies
       ON copies.hash = images.hash`,
  );
  return {
    find: () => {
      forget.run();
      find.run();
    },
  };
}
