import type { Migration } from './types';

/** How far the importance of a map is spread over its image, of every map, and of an image's newest ones to sort by. */
export const migration005: Migration = {
  version: 5,
  sql: `
    -- The share of the pixels that holds half of the importance (contract/spread); NULL until it is measured.
    ALTER TABLE entropies ADD COLUMN spread REAL;
    CREATE INDEX entropies_without_spread ON entropies (image_id) WHERE spread IS NULL;

    ALTER TABLE images ADD COLUMN positive_spread REAL;
    ALTER TABLE images ADD COLUMN negative_spread REAL;
    CREATE INDEX images_by_positive_spread ON images (positive_spread, path);
    CREATE INDEX images_by_negative_spread ON images (negative_spread, path);
  `,
};
