import type { Migration } from './types';

/** Reports on what classes are recognised by, what reviewers made of them, and groups of images that got a name. */
export const migration004: Migration = {
  version: 4,
  sql: `
    CREATE TABLE reports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      created_at TEXT NOT NULL,
      -- NULL until it is finished.
      finished_at TEXT,
      -- Of everything it was made from: an unfinished one of the same is gone on with.
      fingerprint TEXT NOT NULL,
      encoder_id INTEGER REFERENCES encoders (id) ON DELETE SET NULL,
      run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
      -- The parts that are done, until all are; JSON, deflated.
      state BLOB,
      -- JSON as in the contract, deflated.
      content BLOB
    );
    CREATE INDEX reports_by_fingerprint ON reports (fingerprint, id);

    -- Nothing is overwritten: the newest row of a claim is what holds.
    CREATE TABLE report_reviews (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
      class_name TEXT NOT NULL,
      claim TEXT NOT NULL,
      decision TEXT,
      comment TEXT NOT NULL DEFAULT '',
      created_at TEXT NOT NULL
    );
    CREATE INDEX report_reviews_by_claim ON report_reviews (report_id, class_name, claim, id);

    CREATE TABLE image_groups (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      report_id INTEGER REFERENCES reports (id) ON DELETE SET NULL,
      created_at TEXT NOT NULL
    );
    CREATE TABLE image_group_members (
      group_id INTEGER NOT NULL REFERENCES image_groups (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      PRIMARY KEY (group_id, image_id)
    ) WITHOUT ROWID;
    CREATE INDEX image_group_members_by_image ON image_group_members (image_id, group_id);
  `,
};
