/** @file What lists sort by, copied to the images: entropy and spread of their newest maps. */
import type Database from 'better-sqlite3';

const newest = (column: 'mean_bits' | 'spread', mask: 'positive' | 'negative'): string =>
  `${mask}_${column === 'spread' ? 'spread' : 'bits'} = (
    SELECT ${column} FROM entropies JOIN runs ON runs.id = run_id
    WHERE image_id = images.id AND mask = '${mask}' ORDER BY run_id DESC LIMIT 1)`;

const SPREADS = `${newest('spread', 'positive')}, ${newest('spread', 'negative')}`;
const BITS = `${newest('mean_bits', 'positive')}, ${newest('mean_bits', 'negative')}`;

export interface NewestBits {
  /** After a map has come or gone. Its disagreement with the other one is measured anew (training/measures.ts). */
  renew(imageId: number): void;
  /** After spreads were measured. */
  renewSpreads(imageId: number): void;
}

export function newestBits(db: Database.Database): NewestBits {
  const all = db.prepare(`UPDATE images SET ${BITS}, ${SPREADS}, disagreement = NULL WHERE id = ?`);
  const spreads = db.prepare(`UPDATE images SET ${SPREADS} WHERE id = ?`);
  return {
    renew: (imageId) => void all.run(imageId),
    renewSpreads: (imageId) => void spreads.run(imageId),
  };
}
