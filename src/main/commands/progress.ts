/** @file Progress on standard error: a bar on a terminal, lines elsewhere, or JSON lines for programs. */
import { type Options, SingleBar } from 'cli-progress';
import type { AppEvent, MetricPoint } from '../../contract/types';
import type { CommonOptions } from './common';

export interface Progress {
  show(event: AppEvent): void;
  /** Work that no event tells of. */
  task(task: Task): void;
  /** Leaves the terminal clean. */
  end(): void;
}

export function createProgress(mode: CommonOptions['progress']): Progress {
  if (mode === 'none') return { show: () => {}, task: () => {}, end: () => {} };
  if (mode === 'json') return new JsonLines();
  return process.stderr.isTTY ? new Bar() : new Lines();
}

/** One step of the work as it is told to people. */
export interface Task {
  title: string;
  done: number;
  total: number;
  finished: boolean;
  note: string;
}

class JsonLines implements Progress {
  show(event: AppEvent): void {
    if (event.type === 'preview' || event.type === 'project' || event.type === 'annotations') return;
    const { type } = event;
    const line = type === 'run' ? { type, ...withoutConfig(event.run) } : event;
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }

  task(task: Task): void {
    process.stderr.write(`${JSON.stringify({ type: 'task', ...task })}\n`);
  }

  end(): void {}
}

const withoutConfig = <Run extends { config: unknown }>({ config: _config, ...rest }: Run) => rest;

/** Follows what is being done; `metric` events belong to the run that is running. */
abstract class TaskProgress implements Progress {
  #metric: MetricPoint | null = null;

  show(event: AppEvent): void {
    if (event.type === 'metric') this.#metric = event.point;
    const task = this.#taskOf(event);
    if (task) this.task(task);
  }

  #taskOf(event: AppEvent): Task | null {
    if (event.type === 'scan' || event.type === 'export') {
      const { done, total, finished } = event;
      return { title: event.type === 'scan' ? 'Import' : 'Export', done, total, finished, note: '' };
    }
    if (event.type === 'import') {
      const { done, total, finished } = event;
      return { title: 'Annotations', done, total, finished, note: '' };
    }
    if (event.type === 'experiment') {
      const { experiment, done, total, finished } = event;
      return { title: `Experiment ${experiment}`, done, total, finished, note: '' };
    }
    const asides = { scores: 'Scores', probe: 'Linear probe', report: 'Report' } as const;
    if (event.type === 'scores' || event.type === 'probe' || event.type === 'report') {
      const { done, total, finished } = event;
      return { title: asides[event.type], done, total, finished, note: '' };
    }
    if (event.type !== 'run') return null;
    const { title, step, steps, status, secondsLeft } = event.run;
    if (status === 'queued' || status === 'paused') return null;
    const finished = status !== 'running';
    const note = [numbers(this.#metric), finished ? '' : timeLeft(secondsLeft)].filter(Boolean).join(', ');
    if (finished) this.#metric = null;
    return { title, done: step, total: steps, finished, note };
  }

  abstract task(task: Task): void;
  abstract end(): void;
}

const BAR: Options = {
  format: '{title} {bar} {value}/{total}  {note}',
  barCompleteChar: '█',
  barIncompleteChar: '░',
  barsize: 24,
  stream: process.stderr,
  hideCursor: true,
  gracefulExit: false,
  emptyOnZero: true,
};

class Bar extends TaskProgress {
  #bar: SingleBar | null = null;
  #title = '';

  task({ title, done, total, finished, note }: Task): void {
    if (this.#title !== title) this.end();
    // What ended without having been seen to run leaves no bar.
    if (!this.#bar && finished) return;
    const payload = { title: title.padEnd(28), note };
    if (!this.#bar) {
      this.#title = title;
      this.#bar = new SingleBar(BAR);
      this.#bar.start(total, done, payload);
    }
    this.#bar.setTotal(total);
    this.#bar.update(done, payload);
    if (finished) this.end();
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = null;
    this.#title = '';
  }
}

const LINE_EVERY_MS = 15_000;

class Lines extends TaskProgress {
  #title = '';
  #startedAt = 0;
  #toldAt = 0;

  task({ title, done, total, finished, note }: Task): void {
    const now = Date.now();
    if (this.#title !== title && !finished) {
      this.#title = title;
      this.#startedAt = now;
      this.#toldAt = now;
      process.stderr.write(`${title} ...\n`);
    } else if (finished && this.#title === title) {
      const seconds = ((now - this.#startedAt) / 1000).toFixed(1);
      process.stderr.write(`${title}: ${done}/${total} in ${seconds} s${note ? ` (${note})` : ''}\n`);
      this.#title = '';
    } else if (!finished && now - this.#toldAt > LINE_EVERY_MS) {
      this.#toldAt = now;
      process.stderr.write(`${title}: ${done}/${total}${note ? ` (${note})` : ''}\n`);
    }
  }

  end(): void {}
}

function numbers(point: MetricPoint | null): string {
  if (!point) return '';
  const parts = [`loss ${point.loss.toFixed(3)}`];
  if (point.bits !== null) parts.push(`${point.bits.toFixed(2)} bits/px`);
  if (point.accuracy !== null) parts.push(`accuracy ${(100 * point.accuracy).toFixed(1)} %`);
  return parts.join(', ');
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return '';
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${Math.round(seconds % 60)} s left` : `${Math.round(seconds)} s left`;
}
