/** @file Labels of regions. A removed label is kept out of sight: steps of the history may still speak of it. */
import type Database from 'better-sqlite3';
import type { ProjectLabel } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import type { AnnotationStore } from './types';

type LabelsArea = Pick<AnnotationStore, 'labels' | 'putLabel' | 'removeLabel'>;

interface Row {
  id: number;
  name: string;
  role: string;
  builtIn: number;
}

export function labelsArea(db: Database.Database): LabelsArea {
  const all = db.prepare(
    `SELECT name, colour, role, built_in AS builtIn,
       (SELECT count(*) FROM annotations WHERE label_id = labels.id) AS regions
     FROM labels WHERE removed = 0 ORDER BY id`,
  );
  const find = db.prepare(
    'SELECT id, name, role, built_in AS builtIn FROM labels WHERE name = ? AND removed = 0',
  );
  const uses = db.prepare('SELECT count(*) FROM annotations WHERE label_id = ?').pluck();
  const add = db.prepare('INSERT INTO labels (name, colour, role) VALUES (@name, @colour, @role)');
  const change = db.prepare('UPDATE labels SET name = @name, colour = @colour, role = @role WHERE id = @id');
  const remove = db.prepare('UPDATE labels SET removed = 1 WHERE id = ?');
  const found = (name: string): Row | undefined => find.get(name) as Row | undefined;

  return {
    labels: () =>
      (all.all() as (Omit<ProjectLabel, 'builtIn'> & { builtIn: number })[]).map((label) => ({
        ...label,
        builtIn: label.builtIn === 1,
      })),
    putLabel: db.transaction((label, was = label.name) => {
      const known = found(was);
      if (!known && was !== label.name) throw unknownLabel(was);
      if (!known) return void add.run(label);
      if (known.builtIn && (known.name !== label.name || known.role !== label.role))
        throw invalid(`The label "${was}" is built in: only its colour can change.`);
      if (known.name !== label.name && found(label.name))
        throw invalid(`There is a label "${label.name}" already; choose another name.`);
      change.run({ ...label, id: known.id });
    }),
    removeLabel: db.transaction((name) => {
      const known = found(name);
      if (!known) throw unknownLabel(name);
      if (known.builtIn) throw invalid(`The label "${name}" is built in and cannot be removed.`);
      const regions = uses.get(known.id) as number;
      if (regions > 0)
        throw invalid(`${regions} regions have the label "${name}"; give them another label first.`);
      remove.run(known.id);
    }),
  };
}

/** Ids behind names, and the other way round in time: labels that were removed come back with what had them. */
export function labelIds(db: Database.Database) {
  const find = db.prepare('SELECT id FROM labels WHERE name = ? AND removed = 0').pluck();
  const removed = db.prepare('SELECT name FROM labels WHERE id = ? AND removed = 1').pluck();
  const revive = db.prepare('UPDATE labels SET removed = 0 WHERE id = ?');
  return {
    /** @throws INVALID_INPUT */
    of: (name: string): number => {
      const id = find.get(name) as number | undefined;
      if (id === undefined) throw unknownLabel(name);
      return id;
    },
    /** The label itself, put back if it was removed, or the one that has its name now. */
    alive: (id: number): number => {
      const name = removed.get(id) as string | undefined;
      if (name === undefined) return id;
      const successor = find.get(name) as number | undefined;
      if (successor !== undefined) return successor;
      revive.run(id);
      return id;
    },
  };
}

const invalid = (message: string): PenumbraError => new PenumbraError('INVALID_INPUT', message);
const unknownLabel = (name: string): PenumbraError =>
  invalid(`There is no label "${name}" in this project; add it first.`);
