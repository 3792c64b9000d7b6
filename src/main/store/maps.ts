/** @file Noise maps and their entropies. A map is kept once, as log-odds; sigma, bits and colours follow from it. */
import { deflateSync, inflateSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Standing } from '../../contract/explain';
import type { NoiseScale } from '../../contract/noiseMap';
import { decodeFloat16, encodeFloat16 } from './float16';
import { mergeArea } from './merge';
import { newestBits } from './newestBits';
import type { MapRow, NewMap, ProjectStore } from './types';

type MapsArea = Pick<
  ProjectStore,
  'putMaps' | 'mapsOfImage' | 'map' | 'mappedImages' | 'mergeMaps' | 'standing'
>;

type Raw = Omit<MapRow, 'logOdds' | 'scale'> & NoiseScale & { data: Uint8Array };

const SELECT = `SELECT noise_maps.run_id AS runId, noise_maps.image_id AS imageId, mask, width, height,
    sigma_min AS sigmaMin, sigma_max AS sigmaMax, pixel_scale AS pixelScale, log_odds AS data,
    mean_bits AS meanBits, total_bits AS totalBits, spread
  FROM noise_maps JOIN runs ON runs.id = noise_maps.run_id
    JOIN entropies ON entropies.run_id = noise_maps.run_id AND entropies.image_id = noise_maps.image_id`;

function fromRaw({ data, sigmaMin, sigmaMax, pixelScale, ...raw }: Raw): MapRow {
  return { ...raw, scale: { sigmaMin, sigmaMax, pixelScale }, logOdds: decodeFloat16(inflateSync(data)) };
}

export function mapsArea(db: Database.Database): MapsArea {
  const putMap = db.prepare(
    `INSERT INTO noise_maps (run_id, image_id, width, height, sigma_min, sigma_max, pixel_scale, log_odds)
     VALUES (@runId, @imageId, @width, @height, @sigmaMin, @sigmaMax, @pixelScale, @data)
     ON CONFLICT (run_id, image_id) DO UPDATE SET width = excluded.width, height = excluded.height,
       sigma_min = excluded.sigma_min, sigma_max = excluded.sigma_max, pixel_scale = excluded.pixel_scale,
       log_odds = excluded.log_odds`,
  );
  const putEntropy = db.prepare(
    `INSERT OR REPLACE INTO entropies (run_id, image_id, mean_bits, total_bits)
     VALUES (@runId, @imageId, @meanBits, @totalBits)`,
  );
  const bits = newestBits(db);
  const forgetWarning = db.prepare(`DELETE FROM image_warnings WHERE image_id = ? AND kind = 'map'`);
  const mapsChanged = (imageId: number): void => {
    bits.renew(imageId);
    forgetWarning.run(imageId);
  };
  const ofImage = db.prepare(`${SELECT} WHERE noise_maps.image_id = ? ORDER BY noise_maps.run_id DESC`);
  const one = db.prepare(`${SELECT} WHERE noise_maps.run_id = ? AND noise_maps.image_id = ?`);
  const mapped = db.prepare('SELECT image_id FROM noise_maps WHERE run_id = ?').pluck();
  const standing = db.prepare(
    `SELECT COUNT(*) FILTER (WHERE all_of.spread > mine.spread) + 1 AS rank, COUNT(*) AS of,
       AVG(all_of.spread) AS meanSpread
     FROM entropies AS mine JOIN entropies AS all_of ON all_of.run_id = mine.run_id
     WHERE mine.run_id = ? AND mine.image_id = ? AND mine.spread IS NOT NULL AND all_of.spread IS NOT NULL
     GROUP BY mine.run_id`,
  );

  return {
    ...mergeArea(db, mapsChanged),
    putMaps: db.transaction((maps: NewMap[], scale: NoiseScale) => {
      for (const { logOdds, meanBits, totalBits, ...map } of maps) {
        putMap.run({ ...map, ...scale, data: deflateSync(encodeFloat16(logOdds)) });
        putEntropy.run({ runId: map.runId, imageId: map.imageId, meanBits, totalBits });
        mapsChanged(map.imageId);
      }
    }),
    mapsOfImage: (imageId) => (ofImage.all(imageId) as Raw[]).map(fromRaw),
    map: (runId, imageId) => {
      const raw = one.get(runId, imageId) as Raw | undefined;
      return raw ? fromRaw(raw) : null;
    },
    standing: (runId, imageId) => (standing.get(runId, imageId) as Standing | undefined) ?? null,
    mappedImages: (runId) => new Set(mapped.all(runId) as number[]),
  };
}
