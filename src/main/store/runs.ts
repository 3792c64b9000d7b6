/** @file Runs: what was asked, how far it came, its curves, its checkpoint while it lasts and its result at the end. */
import type Database from 'better-sqlite3';
import type { ErrorCode } from '../../contract/errors';
import type { MetricPoint } from '../../contract/types';
import { newestBits } from './newestBits';
import type { NewRun, ProjectStore, RunPatch, RunRow } from './types';

type RunsArea = Pick<
  ProjectStore,
  | 'addRun'
  | 'updateRun'
  | 'runs'
  | 'run'
  | 'putCheckpoint'
  | 'checkpoint'
  | 'finishRun'
  | 'runResult'
  | 'removeRuns'
  | 'addMetrics'
  | 'metrics'
  | 'latestMaskRun'
>;

type Raw = Omit<RunRow, 'config' | 'warnings' | 'error'> & {
  config: string;
  warnings: string;
  errorCode: ErrorCode | null;
  errorMessage: string | null;
};

const SELECT = `SELECT id, kind, mask, title, encoder_id AS encoderId, after_run AS "after", config, status, step,
    steps, engine, warnings, error_code AS errorCode, error_message AS errorMessage, created_at AS createdAt,
    place, started_at AS startedAt, finished_at AS finishedAt FROM runs`;

function fromRaw({ config, warnings, errorCode, errorMessage, ...raw }: Raw): RunRow {
  return {
    ...raw,
    config: JSON.parse(config) as Record<string, unknown>,
    warnings: JSON.parse(warnings) as string[],
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}

/** A patch as columns and their values. */
function columnsOf({ config, warnings, error, ...patch }: RunPatch): Record<string, unknown> {
  const named: Record<string, unknown> = {
    title: patch.title,
    place: patch.place,
    status: patch.status,
    step: patch.step,
    steps: patch.steps,
    engine: patch.engine,
    encoder_id: patch.encoderId,
    started_at: patch.startedAt,
    finished_at: patch.finishedAt,
    config: config && JSON.stringify(config),
    warnings: warnings && JSON.stringify(warnings),
  };
  if (error !== undefined) {
    named.error_code = error?.code ?? null;
    named.error_message = error?.message ?? null;
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

export function runsArea(db: Database.Database): RunsArea {
  const add = db.prepare(
    `INSERT INTO runs (kind, mask, title, encoder_id, after_run, config, status, step, steps, warnings, created_at, place)
     VALUES (@kind, @mask, @title, @encoderId, @after, @config, 'queued', 0, @steps, '[]', @createdAt,
       (SELECT coalesce(max(place), 0) + 1 FROM runs))`,
  );
  const all = db.prepare(`${SELECT} ORDER BY id`);
  const one = db.prepare(`${SELECT} WHERE id = ?`);
  const latestMask = db.prepare(
    `${SELECT} WHERE kind = 'mask' AND status = 'done' AND mask = ? ORDER BY finished_at DESC, id DESC LIMIT 1`,
  );
  const row = (raw: unknown): RunRow | null => (raw ? fromRaw(raw as Raw) : null);

  return {
    addRun: (run: NewRun) => {
      const values = { ...run, config: JSON.stringify(run.config), createdAt: new Date().toISOString() };
      return Number(add.run(values).lastInsertRowid);
    },
    runs: () => (all.all() as Raw[]).map(fromRaw),
    run: (id) => row(one.get(id)),
    latestMaskRun: (mask) => row(latestMask.get(mask)),
    ...outcomes(db),
    ...curves(db),
    removeRuns: removal(db),
  };
}

function outcomes(
  db: Database.Database,
): Pick<RunsArea, 'updateRun' | 'putCheckpoint' | 'checkpoint' | 'finishRun' | 'runResult'> {
  const putCheckpoint = db.prepare(
    'INSERT OR REPLACE INTO checkpoints (run_id, step, data) VALUES (?, ?, ?)',
  );
  const reached = db.prepare('UPDATE runs SET step = ? WHERE id = ?');
  const checkpoint = db.prepare('SELECT data FROM checkpoints WHERE run_id = ?').pluck();
  const dropCheckpoint = db.prepare('DELETE FROM checkpoints WHERE run_id = ?');
  const putResult = db.prepare('INSERT OR REPLACE INTO run_results (run_id, data) VALUES (?, ?)');
  const result = db.prepare('SELECT data FROM run_results WHERE run_id = ?').pluck();

  const updateRun = (id: number, patch: RunPatch): void => {
    const columns = columnsOf(patch);
    const names = Object.keys(columns);
    if (names.length === 0) return;
    const sets = names.map((name) => `${name} = @${name}`).join(', ');
    db.prepare(`UPDATE runs SET ${sets} WHERE id = @id`).run({ ...columns, id });
  };

  return {
    updateRun,
    // A checkpoint and the step it was taken at become durable together, or neither does.
    putCheckpoint: db.transaction((runId: number, step: number, data: Uint8Array) => {
      putCheckpoint.run(runId, step, data);
      reached.run(step, runId);
    }),
    checkpoint: (runId) => (checkpoint.get(runId) as Uint8Array | undefined) ?? null,
    finishRun: db.transaction((runId: number, data: Uint8Array | null, patch: RunPatch) => {
      if (data) putResult.run(runId, data);
      dropCheckpoint.run(runId);
      updateRun(runId, patch);
    }),
    runResult: (runId) => (result.get(runId) as Uint8Array | undefined) ?? null,
  };
}

function curves(db: Database.Database): Pick<RunsArea, 'addMetrics' | 'metrics'> {
  // A resumed run tells some steps a second time: the later telling holds.
  const add = db.prepare(
    `INSERT OR REPLACE INTO run_metrics (run_id, step, loss, distance, bits, accuracy, ms_per_step, memory_mb)
     VALUES (@runId, @step, @loss, @distance, @bits, @accuracy, @msPerStep, @memoryMb)`,
  );
  const all = db.prepare(
    `SELECT step, loss, distance, bits, accuracy, ms_per_step AS msPerStep, memory_mb AS memoryMb FROM run_metrics
     WHERE run_id = ? ORDER BY step`,
  );
  return {
    addMetrics: db.transaction((runId: number, points: MetricPoint[]) => {
      // SQLite has no NaN; a diverged step has no place on a curve, and the run's error says what happened.
      for (const point of points) if (Number.isFinite(point.loss)) add.run({ ...point, runId });
    }),
    metrics: (runId) => all.all(runId) as MetricPoint[],
  };
}

function removal(db: Database.Database): RunsArea['removeRuns'] {
  const mapped = db.prepare('SELECT image_id FROM noise_maps WHERE run_id = ?').pluck();
  const letGo = db.prepare('UPDATE runs SET after_run = NULL WHERE after_run = ?');
  const remove = db.prepare('DELETE FROM runs WHERE id = ?');
  const bits = newestBits(db);
  return db.transaction((ids: number[]) => {
    const images = new Set(ids.flatMap((id) => mapped.all(id) as number[]));
    for (const id of ids) letGo.run(id);
    for (const id of ids) remove.run(id);
    for (const imageId of images) bits.renew(imageId);
  });
}
