/** Killed while a project of the first schema is brought up to date: it opens, nothing is lost, backups are whole. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../../src/main/noise/random';
import { MIGRATIONS } from '../../../src/main/store/migrations';
import { openProject } from '../../../src/main/store/project';
import { expectIntact, SEED, tellKills } from './checks';
import { killedAfter, Served } from './served';

const ROUNDS = 40;
const IMAGES = 3000;
const THUMBNAIL = 6000;

let directory: string;
let old: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'penumbra-crash-'));
  old = join(directory, 'old.penumbra');
  const db = new Database(old);
  db.pragma('journal_mode = WAL');
  db.exec(MIGRATIONS[0]!.sql);
  db.pragma('user_version = 1');
  db.pragma(`application_id = ${0x504e4d42}`);
  db.prepare(`INSERT INTO project VALUES (1, ?, '2026-01-01')`).run(directory);
  db.prepare(`INSERT INTO settings VALUES ('opacity', '0.25')`).run();
  const image = db.prepare(
    `INSERT INTO images (path, search, width, height, bytes, modified_ms, hash) VALUES (@path, @path, 4, 4, 1, 1, @path)`,
  );
  const thumbnail = db.prepare('INSERT INTO thumbnails VALUES (?, ?)');
  db.transaction(() => {
    for (let i = 0; i < IMAGES; i++)
      thumbnail.run(image.run({ path: `${i}.png` }).lastInsertRowid, Buffer.alloc(THUMBNAIL, i % 251));
  })();
  db.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function expectAllThere(db: Database.Database): void {
  const [images, bytes] = db
    .prepare('SELECT count(*), sum(length(webp)) FROM images JOIN thumbnails ON image_id = images.id')
    .raw()
    .get() as number[];
  expect([images, bytes]).toEqual([IMAGES, IMAGES * THUMBNAIL]);
  expect(db.prepare(`SELECT value FROM settings WHERE key = 'opacity'`).pluck().get()).toBe('0.25');
}

test('a killed migration is as if it had not begun, or done', async () => {
  const timed = join(directory, 'timed.penumbra');
  copyFileSync(old, timed);
  const served = await Served.start(directory);
  const began = performance.now();
  await served.call('project/openFile', { file: timed });
  const span = performance.now() - began;
  await served.kill('all');

  const left = { old: 0, new: 0, backups: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(SEED, round, 'migrating');
    const folder = mkdtempSync(join(directory, 'round-'));
    const file = join(folder, 'photos.penumbra');
    const backup = join(folder, 'photos.v1.bak.penumbra');
    copyFileSync(old, file);
    await killedAfter(random.uniform(0, 1.2 * span), directory, 'all', (program) =>
      program.call('project/openFile', { file }),
    );
    const db = new Database(file);
    const version = db.pragma('user_version', { simple: true }) as number;
    expectAllThere(db);
    db.close();
    expectIntact(file, version);
    expect([1, MIGRATIONS.at(-1)!.version]).toContain(version);
    if (version > 1) {
      left.new++;
      expect(existsSync(backup)).toBe(true);
    } else left.old++;
    if (existsSync(backup)) {
      left.backups++;
      expectIntact(backup, 1);
    }

    openProject(file).close();
    expectIntact(file);
    expectIntact(backup, 1);
    const kept = new Database(backup, { readonly: true });
    expectAllThere(kept);
    kept.close();
    expect(readdirSync(folder).sort()).toEqual(['photos.penumbra', 'photos.v1.bak.penumbra']);
    rmSync(folder, { recursive: true });
  }
  expect(left.old).toBeGreaterThan(0);
  expect(left.new).toBeGreaterThan(0);
  tellKills('migrating', ROUNDS, { ...left, spanMs: Math.round(span) });
});
