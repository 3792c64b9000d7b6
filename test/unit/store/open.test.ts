import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../src/main/store/migrations';
import type { Migration } from '../../../src/main/store/migrations/types';
import { openProject } from '../../../src/main/store/project';
import { scanned, temporaryFolder } from './support';

const code = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'nothing was thrown';
};

const NEWEST = MIGRATIONS.at(-1)!.version;
const BACKUP = `photos.v${NEWEST}.bak.penumbra`;
const SECOND: Migration = {
  version: NEWEST + 1,
  sql: 'CREATE TABLE notes (text TEXT); ALTER TABLE images ADD COLUMN note TEXT;',
};
const BROKEN: Migration = {
  version: NEWEST + 1,
  sql: 'CREATE TABLE notes (text TEXT); INSERT INTO nowhere VALUES (1);',
};

function projectWith(paths: string[]): { folder: string; file: string } {
  const folder = temporaryFolder();
  const file = join(folder, 'photos.penumbra');
  const store = openProject(file, { folder: '/photos' });
  store.putImages(paths.map((path) => scanned(path)));
  store.close();
  return { folder, file };
}

const paths = (file: string, migrations?: Migration[]): string[] => {
  const store = openProject(file, { migrations });
  try {
    return store.images().map(({ path }) => path);
  } finally {
    store.close();
  }
};

describe('openProject', () => {
  it('makes a project, with the folders on the way, and finds its folder again', () => {
    const file = join(temporaryFolder(), 'deep', 'er', 'p.penumbra');
    openProject(file, { folder: '/photos' }).close();
    const store = openProject(file);
    expect([store.file, store.folder, store.counts().images]).toEqual([file, '/photos', 0]);
    store.close();
  });

  it('marks the file as its own, at the newest schema, in WAL mode', () => {
    const { file } = projectWith([]);
    const db = new Database(file);
    expect(db.pragma('application_id', { simple: true })).toBe(0x504e4d42);
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('learns a new place of the images', () => {
    const { file } = projectWith(['a.jpg']);
    openProject(file, { folder: '/moved' }).close();
    const store = openProject(file);
    expect(store.folder).toBe('/moved');
    expect(store.counts().images).toBe(1);
    store.close();
  });

  it('needs a folder to make a project', () => {
    const file = join(temporaryFolder(), 'none.penumbra');
    expect(code(() => openProject(file))).toBe('PROJECT_MISSING');
    expect(existsSync(file)).toBe(false);
  });

  it('takes an empty file for a new project only when a folder is named', () => {
    const file = join(temporaryFolder(), 'empty.penumbra');
    writeFileSync(file, '');
    expect(code(() => openProject(file))).toBe('PROJECT_UNREADABLE');
    openProject(file, { folder: '/photos' }).close();
  });

  it('refuses what is not a project, and leaves it as it was', () => {
    const folder = temporaryFolder();
    const text = join(folder, 'text.penumbra');
    writeFileSync(text, 'not a database, but long enough to have a header. '.repeat(40));
    expect(code(() => openProject(text, { folder: '/photos' }))).toBe('PROJECT_UNREADABLE');

    const other = join(folder, 'other.penumbra');
    const db = new Database(other);
    db.exec('CREATE TABLE bookmarks (url TEXT)');
    db.close();
    expect(code(() => openProject(other, { folder: '/photos' }))).toBe('PROJECT_UNREADABLE');
    const again = new Database(other);
    expect(again.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['bookmarks']);
    again.close();
  });

  it('refuses a damaged project', () => {
    const { file } = projectWith(Array.from({ length: 500 }, (_, i) => `${i}.jpg`));
    const bytes = Buffer.alloc(8192, 0x5a);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), bytes]));
    expect(code(() => openProject(file))).toBe('PROJECT_UNREADABLE');
  });

  it('refuses a second owner, and lets the next one in once the first has closed', () => {
    const { file } = projectWith([]);
    const first = openProject(file);
    expect(code(() => openProject(file))).toBe('PROJECT_BUSY');
    first.close();
    openProject(file).close();
  });

  it('refuses a folder in the place of the file, and a file in the place of the folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sub'));
    expect(code(() => openProject(join(folder, 'sub'), { folder: '/photos' }))).toBe('NOT_WRITABLE');
    writeFileSync(join(folder, 'file'), 'x');
    expect(code(() => openProject(join(folder, 'file', 'p.penumbra'), { folder: '/photos' }))).toBe(
      'NOT_WRITABLE',
    );
  });
});

// The administrator may write everything, so the permission cannot be taken away.
describe.skipIf(process.getuid?.() === 0)('without permission to write', () => {
  it('refuses to open the project', () => {
    const { file } = projectWith(['a.jpg']);
    chmodSync(file, 0o444);
    expect(code(() => openProject(file))).toBe('NOT_WRITABLE');
  });
});

describe('durability', () => {
  it('has every write on disk when the call returns: a copy taken without closing holds it', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'p.penumbra');
    const store = openProject(file, { folder: '/photos' });
    store.putImages([scanned('a.jpg')]);
    store.setSetting('colourMap', 'magma');
    // What a killed process leaves: the file and its log, as they are at this moment.
    for (const suffix of ['', '-wal'])
      copyFileSync(`${file}${suffix}`, join(folder, `copy.penumbra${suffix}`));
    store.close();
    const copy = openProject(join(folder, 'copy.penumbra'));
    expect(copy.images()).toHaveLength(1);
    expect(copy.settings()).toEqual({ colourMap: 'magma' });
    copy.close();
  });

  it('writes all of a batch or nothing', () => {
    const { file } = projectWith(['a.jpg']);
    const store = openProject(file);
    const broken = { ...scanned('c.jpg'), width: null as unknown as number };
    expect(() => store.putImages([scanned('b.jpg'), broken])).toThrow();
    expect(store.images().map(({ path }) => path)).toEqual(['a.jpg']);
    store.close();
  });

  it('says that the disk is full', () => {
    const { file } = projectWith([]);
    const small: Migration = { version: NEWEST + 1, sql: 'PRAGMA max_page_count = 60' };
    const store = openProject(file, { migrations: [...MIGRATIONS, small] });
    expect(code(() => store.setSetting('large', 'x'.repeat(1_000_000)))).toBe('DISK_FULL');
    expect(store.settings()).toEqual({});
    store.close();
  });
});

describe('migrations', () => {
  it('keeps what is there, and leaves a backup of the older schema beside it', () => {
    const { folder, file } = projectWith(['a.jpg', 'b.jpg']);
    expect(paths(file, [...MIGRATIONS, SECOND])).toEqual(['a.jpg', 'b.jpg']);
    expect(readdirSync(folder).sort()).toEqual(['photos.penumbra', BACKUP]);
    const db = new Database(file);
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST + 1);
    db.close();
  });

  it('makes no backup of a new project, nor when there is nothing to do', () => {
    const { folder, file } = projectWith([]);
    openProject(file).close();
    expect(readdirSync(folder)).toEqual(['photos.penumbra']);
  });

  it('refuses a project of a newer version, and names the backup to go back to', () => {
    const { file } = projectWith(['a.jpg']);
    paths(file, [...MIGRATIONS, SECOND]);
    expect(code(() => openProject(file))).toBe('PROJECT_NEWER');
    expect(() => openProject(file)).toThrow(BACKUP);
  });

  it('restores: the backup, renamed to the project, opens in the older version', () => {
    const { folder, file } = projectWith(['a.jpg', 'b.jpg']);
    paths(file, [...MIGRATIONS, SECOND]);
    rmSync(file);
    renameSync(join(folder, BACKUP), file);
    expect(paths(file)).toEqual(['a.jpg', 'b.jpg']);
  });

  it('leaves the project at its old schema when a step fails', () => {
    const { file } = projectWith(['a.jpg']);
    expect(() => openProject(file, { migrations: [...MIGRATIONS, BROKEN] })).toThrow(/nowhere/);
    expect(paths(file)).toEqual(['a.jpg']);
    // The half that had worked is gone too: the right second step finds no table in its way.
    expect(paths(file, [...MIGRATIONS, SECOND])).toEqual(['a.jpg']);
  });
});
