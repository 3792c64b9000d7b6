/** @file Runs build on one another through `after`: what follows from that for their order and their fate. */
import type { ProjectStore, RunRow } from '../store/types';

/** The first queued run whose dependency is done, by the places that a person gave them. */
export function nextRun(runs: RunRow[]): RunRow | undefined {
  const done = new Set(runs.flatMap(({ id, status }) => (status === 'done' ? [id] : [])));
  return runs
    .toSorted((a, b) => a.place - b.place || a.id - b.id)
    .find(({ status, after }) => status === 'queued' && (after === null || done.has(after)));
}

/** Every run that needs this one, directly or through others. */
export function descendants(runs: RunRow[], runId: number): RunRow[] {
  const children = runs.filter(({ after }) => after === runId);
  return [...children, ...children.flatMap(({ id }) => descendants(runs, id))];
}

/** Runs that are nothing without this one: its maps, and what was to be built on it and has not come to its end. */
export function lostWith(runs: RunRow[], runId: number): RunRow[] {
  const children = runs.filter(
    ({ after, kind, status }) => after === runId && (kind === 'maps' || status !== 'done'),
  );
  return [...children, ...children.flatMap(({ id }) => lostWith(runs, id))];
}

/** Runs this one still needs, the nearest first. */
function unfinishedAncestors(runs: RunRow[], run: RunRow): RunRow[] {
  const parent = runs.find(({ id }) => id === run.after);
  return parent && parent.status !== 'done' ? [parent, ...unfinishedAncestors(runs, parent)] : [];
}

const SLEEPING = new Set(['paused', 'stopped', 'interrupted', 'failed']);

/** What has to be queued again so that a run can go on: itself, what it needs, and what had to give up with them. */
export function runsToWake(runs: RunRow[], run: RunRow): RunRow[] {
  const needed = [run, ...unfinishedAncestors(runs, run)];
  // A run that never started and carries an error gave up because of another; one stopped by a person carries none.
  const gaveUp = needed
    .flatMap(({ id }) => descendants(runs, id))
    .filter(({ startedAt, error }) => startedAt === null && error !== null);
  return [...new Set([...needed, ...gaveUp])].filter(({ status }) => SLEEPING.has(status));
}

/**
 * Settles what an earlier process left: nothing starts by itself when a project is opened. A run that was running,
 * paused or about to start becomes 'interrupted'; those that wait for another stay queued behind it.
 */
export function recoverRuns(store: ProjectStore): void {
  const runs = store.runs();
  const byId = new Map(runs.map((run) => [run.id, run]));
  for (const { id, status, after } of runs) {
    const ready = after === null || byId.get(after)?.status === 'done';
    if (status === 'running' || status === 'paused' || (status === 'queued' && ready))
      store.updateRun(id, { status: 'interrupted' });
  }
}
