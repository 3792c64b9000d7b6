import type { Migration } from './types';

/** The first schema. Large values (thumbnails, models, checkpoints) stand in tables of their own, so that lists stay small. */
export const migration001: Migration = {
  version: 1,
  sql: `
    CREATE TABLE project (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      folder TEXT NOT NULL,
      created_at TEXT NOT NULL
    );

    CREATE TABLE classes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE
    );

    CREATE TABLE images (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      path TEXT NOT NULL UNIQUE,
      -- The path in lower case and one Unicode form, to search in.
      search TEXT NOT NULL,
      class_id INTEGER REFERENCES classes (id),
      split TEXT,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      modified_ms REAL NOT NULL,
      hash TEXT NOT NULL,
      -- Mean bits of the newest map of each kind, copied from entropies so that sorting can use an index.
      positive_bits REAL,
      negative_bits REAL
    );
    -- Holds all that a search reads.
    CREATE INDEX images_to_search ON images (path, search, class_id, split);
    CREATE INDEX images_by_class ON images (class_id, split, path);
    CREATE INDEX images_by_split ON images (split, path);
    CREATE INDEX images_by_positive_bits ON images (positive_bits, path);
    CREATE INDEX images_by_negative_bits ON images (negative_bits, path);

    CREATE TABLE thumbnails (
      image_id INTEGER PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
      webp BLOB NOT NULL
    );

    CREATE TABLE unreadable (
      path TEXT PRIMARY KEY,
      code TEXT NOT NULL,
      message TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE encoders (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      noise_ready INTEGER NOT NULL,
      calibrated_from INTEGER REFERENCES encoders (id),
      fingerprint TEXT NOT NULL,
      card TEXT NOT NULL,
      created_at TEXT NOT NULL
    );
    CREATE TABLE encoder_specs (
      encoder_id INTEGER PRIMARY KEY REFERENCES encoders (id) ON DELETE CASCADE,
      data BLOB NOT NULL
    );

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      mask TEXT,
      title TEXT NOT NULL,
      encoder_id INTEGER REFERENCES encoders (id),
      after_run INTEGER REFERENCES runs (id),
      config TEXT NOT NULL,
      status TEXT NOT NULL,
      step INTEGER NOT NULL,
      steps INTEGER NOT NULL,
      engine TEXT,
      warnings TEXT NOT NULL,
      error_code TEXT,
      error_message TEXT,
      created_at TEXT NOT NULL,
      started_at TEXT,
      finished_at TEXT
    );
    CREATE TABLE checkpoints (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      data BLOB NOT NULL
    );
    CREATE TABLE run_results (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      data BLOB NOT NULL
    );
    CREATE TABLE run_metrics (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      loss REAL NOT NULL,
      distance REAL,
      bits REAL,
      accuracy REAL,
      ms_per_step REAL NOT NULL,
      PRIMARY KEY (run_id, step)
    ) WITHOUT ROWID;

    CREATE TABLE noise_maps (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      sigma_min REAL NOT NULL,
      sigma_max REAL NOT NULL,
      pixel_scale REAL NOT NULL,
      -- float16, little-endian, row by row, zlib.
      log_odds BLOB NOT NULL,
      PRIMARY KEY (run_id, image_id)
    );
    CREATE INDEX noise_maps_by_image ON noise_maps (image_id, run_id);

    CREATE TABLE entropies (
      run_id INTEGER NOT NULL,
      image_id INTEGER NOT NULL,
      mean_bits REAL NOT NULL,
      total_bits REAL NOT NULL,
      PRIMARY KEY (image_id, run_id),
      FOREIGN KEY (run_id, image_id) REFERENCES noise_maps (run_id, image_id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX entropies_by_run ON entropies (run_id);

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) WITHOUT ROWID;
  `,
};
