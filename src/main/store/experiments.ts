/** @file Experiments of the lab: the last result of each, as JSON by name. */
import { deflateSync, inflateSync } from 'node:zlib';
import type Database from 'better-sqlite3';

export interface ExperimentStore {
  /** Undefined where nothing was kept. */
  experiment(name: string): unknown;
  /** In place of that experiment's last. */
  putExperiment(name: string, content: unknown): void;
}

export function experimentsArea(db: Database.Database): ExperimentStore {
  const one = db.prepare('SELECT content FROM experiments WHERE name = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO experiments (name, content) VALUES (?, ?)');
  return {
    experiment: (name) => {
      const content = one.get(name) as Uint8Array | undefined;
      return content && JSON.parse(inflateSync(content).toString('utf8'));
    },
    putExperiment: (name, content) => void put.run(name, deflateSync(JSON.stringify(content))),
  };
}
