/** @file Where the built worker lies and how plain Node starts it. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PenumbraError } from '../../contract/errors';
import type { FromWorker } from './protocol';
import type { WorkerProcess } from './types';

/**
 * The built worker: beside this file or one folder up, because the bundler may put shared code into `chunks/`; from
 * the sources (tests), `out/main` of the checkout.
 * @throws INTERNAL if the program has not been built
 */
export function workerFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [here, join(here, '..'), join(here, '../../../out/main')].map((folder) =>
    join(folder, 'worker.js'),
  );
  const found = places.find((file) => existsSync(file));
  if (!found)
    throw new PenumbraError(
      'INTERNAL',
      'The training worker (worker.js) is missing from the program; build or install it again.',
    );
  return found;
}

/**
 * A training step records thousands of small objects that live until it has run. With V8's usual young generation they
 * outlive two collections of it, and every other step waits for a collection of the whole heap.
 */
export const WORKER_FLAGS = ['--max-semi-space-size=64'];

/** Starts the worker under this Node. Its stdout is not ours to show; the end of its stderr explains a crash. */
export function forkWorker(file: string): WorkerProcess {
  const child = fork(file, [], {
    serialization: 'advanced',
    // Loaders and debugging flags of the parent are not meant for the worker.
    execArgv: WORKER_FLAGS,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  yieldToTheWindow(child.pid);
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  return {
    // A process that is already gone is reported by its exit.
    send: (message) => void (child.connected && child.send(message, () => {})),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromWorker)),
    onExit: (listener) => {
      let told = false;
      const tell = (reason: string): void => {
        if (told) return;
        told = true;
        listener(reason);
      };
      child.on('error', (error) => tell(error.message));
      child.on('close', (code, signal) => tell(describeExit(code, signal, lastWords)));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** With every thread training, clicks would wait for their turn; where priorities cannot be changed, all stay equal. */
function yieldToTheWindow(pid: number | undefined): void {
  try {
    // Whoever started the program with less asked for less.
    const niceness = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
    if (pid !== undefined) setPriority(pid, niceness);
  } catch {
    // The process has ended already, or the system does not allow it.
  }
}

function describeExit(code: number | null, signal: string | null, stderr: string): string {
  const how = signal ? `signal ${signal}` : `exit code ${code}`;
  const why = stderr
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /error/i.test(line));
  return why ? `${how}: ${why}` : how;
}
