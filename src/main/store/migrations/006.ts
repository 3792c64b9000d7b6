import type { Migration } from './types';

/** Experiments of the lab: the last result of each. */
export const migration006: Migration = {
  version: 6,
  sql: `
    CREATE TABLE experiments (
      name TEXT PRIMARY KEY,
      -- JSON, deflated.
      content BLOB NOT NULL
    ) WITHOUT ROWID;
  `,
};
