/** @file What lists sort by, copied to the images: the entropies of their newest maps. */
import type Database from 'better-sqlite3';
import type { MaskKind } from '../../contract/noiseMap';

const newest = (mask: MaskKind): string => `${mask}_bits = (
    SELECT mean_bits FROM entropies JOIN runs ON runs.id = run_id
    WHERE image_id = images.id AND mask = '${mask}' ORDER BY run_id DESC LIMIT 1)`;

/** How far the two maps of an image disagree is measured anew when one of them has changed (training/disagreement.ts). */
export function newestBits(db: Database.Database): { renew(imageId: number): void } {
  const renew = db.prepare(
    `UPDATE images SET ${newest('positive')}, ${newest('negative')}, disagreement = NULL WHERE id = ?`,
  );
  return { renew: (imageId) => void renew.run(imageId) };
}
