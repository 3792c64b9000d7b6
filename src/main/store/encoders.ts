/** @file Encoders: their cards, and apart from them their weights. */
import type Database from 'better-sqlite3';
import type { EncoderRow, NewEncoder, ProjectStore } from './types';

type EncodersArea = Pick<ProjectStore, 'addEncoder' | 'encoders' | 'encoder' | 'encoderSpec'>;

type Raw = Omit<EncoderRow, 'noiseReady' | 'card'> & { noiseReady: number; card: string };

const fromRaw = (raw: Raw): EncoderRow => ({
  ...raw,
  noiseReady: raw.noiseReady === 1,
  card: JSON.parse(raw.card) as Record<string, unknown>,
});

export function encodersArea(db: Database.Database): EncodersArea {
  const add = db.prepare(
    `INSERT INTO encoders (name, kind, noise_ready, calibrated_from, fingerprint, card, created_at)
     VALUES (@name, @kind, @noiseReady, @calibratedFrom, @fingerprint, @card, @createdAt)`,
  );
  const addSpec = db.prepare('INSERT INTO encoder_specs (encoder_id, data) VALUES (?, ?)');
  const select = `SELECT id, name, kind, noise_ready AS noiseReady, calibrated_from AS calibratedFrom,
      fingerprint, card, created_at AS createdAt FROM encoders`;
  const all = db.prepare(`${select} ORDER BY id`);
  const one = db.prepare(`${select} WHERE id = ?`);
  const spec = db.prepare('SELECT data FROM encoder_specs WHERE encoder_id = ?').pluck();

  return {
    addEncoder: db.transaction(({ spec, card, noiseReady, ...encoder }: NewEncoder) => {
      const { lastInsertRowid } = add.run({
        ...encoder,
        noiseReady: noiseReady ? 1 : 0,
        card: JSON.stringify(card),
        createdAt: new Date().toISOString(),
      });
      addSpec.run(lastInsertRowid, spec);
      return Number(lastInsertRowid);
    }),
    encoders: () => (all.all() as Raw[]).map(fromRaw),
    encoder: (id) => {
      const raw = one.get(id) as Raw | undefined;
      return raw ? fromRaw(raw) : null;
    },
    encoderSpec: (id) => (spec.get(id) as Uint8Array | undefined) ?? null,
  };
}
