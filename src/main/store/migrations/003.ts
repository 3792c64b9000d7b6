import type { Migration } from './types';

/** What the library sorts and filters by, the order of the queue, and the memory that training takes. */
export const migration003: Migration = {
  version: 3,
  sql: `
    -- 1 - Spearman's correlation of the newest positive and negative map: 0 where both point at the same, up to 2.
    ALTER TABLE images ADD COLUMN disagreement REAL;
    CREATE INDEX images_by_disagreement ON images (disagreement, path);

    -- Of the newest report, larger = look here first.
    ALTER TABLE images ADD COLUMN suspicion REAL;
    CREATE INDEX images_by_suspicion ON images (suspicion, path);

    -- What is odd about an image, one sentence a kind.
    CREATE TABLE image_warnings (
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (image_id, kind)
    ) WITHOUT ROWID;

    ALTER TABLE runs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    UPDATE runs SET place = id;

    ALTER TABLE run_metrics ADD COLUMN memory_mb REAL;
  `,
};
