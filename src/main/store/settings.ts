/** @file The project's own settings, as JSON by key. */
import type Database from 'better-sqlite3';
import type { ProjectStore } from './types';

export function settingsArea(db: Database.Database): Pick<ProjectStore, 'settings' | 'setSetting'> {
  const all = db.prepare('SELECT key, value FROM settings ORDER BY key');
  const put = db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)');
  return {
    settings: () =>
      Object.fromEntries(
        (all.all() as { key: string; value: string }[]).map(({ key, value }) => [key, JSON.parse(value)]),
      ),
    setSetting: (key, value) => {
      put.run(key, JSON.stringify(value ?? null));
    },
  };
}
