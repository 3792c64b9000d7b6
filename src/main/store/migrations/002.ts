import type { Migration } from './types';

/**
 * Annotations. A sheet holds what was drawn and said of an image, and outlives it: when a file goes away its image is
 * forgotten, and when a file of that path or content comes (back), it gets the sheet.
 */
export const migration002: Migration = {
  version: 2,
  sql: `
    CREATE TABLE labels (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      colour TEXT NOT NULL,
      role TEXT NOT NULL,
      built_in INTEGER NOT NULL DEFAULT 0,
      -- Kept for the steps of the history that speak of it.
      removed INTEGER NOT NULL DEFAULT 0
    );
    CREATE UNIQUE INDEX labels_by_name ON labels (name) WHERE removed = 0;
    INSERT INTO labels (name, colour, role, built_in) VALUES
      ('object', '#2fa36b', 'object', 1), ('cue', '#e08a1e', 'cue', 1), ('ignore', '#8c8c8c', 'ignore', 1);

    CREATE TABLE annotation_sheets (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      image_id INTEGER UNIQUE REFERENCES images (id) ON DELETE SET NULL,
      -- Of the image, as it was last seen.
      path TEXT NOT NULL,
      hash TEXT NOT NULL,
      checked INTEGER NOT NULL DEFAULT 0,
      note TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE sheet_tags (
      sheet_id INTEGER NOT NULL REFERENCES annotation_sheets (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      PRIMARY KEY (sheet_id, tag)
    ) WITHOUT ROWID;
    CREATE INDEX sheet_tags_by_tag ON sheet_tags (tag, sheet_id);

    CREATE TABLE annotations (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sheet_id INTEGER NOT NULL REFERENCES annotation_sheets (id) ON DELETE CASCADE,
      label_id INTEGER NOT NULL REFERENCES labels (id),
      -- JSON, as in the contract.
      geometry TEXT NOT NULL,
      name TEXT,
      locked INTEGER NOT NULL DEFAULT 0,
      hidden INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    );
    CREATE INDEX annotations_by_sheet ON annotations (sheet_id);
    CREATE INDEX annotations_by_label ON annotations (label_id);

    CREATE TABLE annotation_history (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      sheet_id INTEGER NOT NULL REFERENCES annotation_sheets (id) ON DELETE CASCADE,
      title TEXT NOT NULL,
      created_at TEXT NOT NULL,
      undone INTEGER NOT NULL DEFAULT 0,
      -- What was before and what is after, as JSON, deflated.
      delta BLOB NOT NULL
    );
    CREATE INDEX annotation_history_by_sheet ON annotation_history (sheet_id, undone, id);

    -- Copied from the sheet so that filters can use an index.
    ALTER TABLE images ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE images ADD COLUMN regions INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX images_by_checked ON images (checked, path);
    CREATE INDEX images_by_hash ON images (hash);
    CREATE INDEX images_by_annotated ON images (regions > 0, path);
  `,
};
