/** @file Brings the maps of shards home: copies of this project that rendered a part of its images each. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type Database from 'better-sqlite3';
import { PenumbraError } from '../../contract/errors';
import type { MergeResult, ProjectStore } from './types';

/**
 * A map belongs here if its image and its mask are the same in both files, to the byte. What is here already stays.
 * Ids are those of this project: the shard may have scanned the folder again.
 */
const FITTING = `FROM shard.noise_maps AS theirs
    JOIN shard.images AS their_image ON their_image.id = theirs.image_id
    JOIN images AS our_image ON our_image.path = their_image.path AND our_image.hash = their_image.hash
    JOIN shard.run_results AS their_mask ON their_mask.run_id = theirs.run_id
    JOIN run_results AS our_mask ON our_mask.run_id = theirs.run_id AND our_mask.data = their_mask.data`;

export function mergeArea(
  db: Database.Database,
  mapsChanged: (imageId: number) => void,
): Pick<ProjectStore, 'mergeMaps'> {
  const merge = (file: string): MergeResult => {
    const count = (sql: string) => db.prepare(`SELECT count(*) ${sql}`).pluck().get() as number;
    const total = count('FROM shard.noise_maps');
    const fitting = count(FITTING);
    if (total > 0 && fitting === 0)
      throw new PenumbraError(
        'INVALID_INPUT',
        `"${basename(file)}" holds no map that fits this project: its masks or its images are others.`,
      );
    const added = db
      .prepare(
        `INSERT INTO noise_maps (run_id, image_id, width, height, sigma_min, sigma_max, pixel_scale, log_odds)
         SELECT theirs.run_id, our_image.id, theirs.width, theirs.height, theirs.sigma_min, theirs.sigma_max,
           theirs.pixel_scale, theirs.log_odds ${FITTING} WHERE true
         ON CONFLICT (run_id, image_id) DO NOTHING RETURNING image_id`,
      )
      .pluck()
      .all() as number[];
    db.prepare(
      `INSERT INTO entropies (run_id, image_id, mean_bits, total_bits, spread)
       SELECT theirs.run_id, our_image.id, bits.mean_bits, bits.total_bits, bits.spread ${FITTING}
         JOIN shard.entropies AS bits ON bits.run_id = theirs.run_id AND bits.image_id = theirs.image_id
       WHERE true ON CONFLICT (image_id, run_id) DO NOTHING`,
    ).run();
    for (const imageId of new Set(added)) mapsChanged(imageId);
    return { added: added.length, known: fitting - added.length, foreign: total - fitting };
  };
  const inOne = db.transaction(merge);
  return {
    mergeMaps: (file) => {
      if (!existsSync(file))
        throw new PenumbraError('PROJECT_MISSING', `The project file "${file}" does not exist.`);
      db.prepare('ATTACH ? AS shard').run(file);
      try {
        const version = (schema: string) => db.pragma(`${schema}.user_version`, { simple: true });
        const mark = (schema: string) => db.pragma(`${schema}.application_id`, { simple: true });
        if (mark('shard') !== mark('main') || version('shard') !== version('main'))
          throw new PenumbraError(
            'PROJECT_UNREADABLE',
            `"${basename(file)}" is no project of this version; make shards with the same version of Penumbra.`,
          );
        return inOne.immediate(file);
      } finally {
        db.exec('DETACH shard');
      }
    },
  };
}
