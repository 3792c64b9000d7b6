/** @file One command's life: the program in this process, called through the contract like the window calls it. */
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Contract } from '../../contract';
import { PenumbraError } from '../../contract/errors';
import type { AppEvent } from '../../contract/types';
import { dataDirectory } from '../api/dataDirectory';
import { createRouter } from '../api/router';
import { ProjectWorkspace } from '../api/workspace';
import type { CommonOptions } from './common';
import { onInterrupt } from './interrupt';
import { createProgress, type Progress } from './progress';

export interface Session {
  readonly client: ContractRouterClient<Contract>;
  readonly progress: Progress;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Calls the listener for every event until it answers true. */
  follow(listener: (event: AppEvent) => boolean): void;
}

/**
 * Runs a command. Ctrl+C stops it cleanly: what runs keeps a checkpoint, and the project is closed before the program
 * ends; a second Ctrl+C ends it at once.
 * @param goOn how the person can go on after a stop, as a sentence
 * @throws STOPPED after Ctrl+C
 */
export async function inSession<Result>(
  options: Pick<CommonOptions, 'progress'>,
  work: (session: Session) => Promise<Result>,
  goOn = 'Run the same command again to go on.',
): Promise<Result> {
  const workspace = new ProjectWorkspace({ dataDirectory: dataDirectory() });
  const progress = createProgress(options.progress);
  const interruption = new AbortController();
  const release = onInterrupt(() => {
    progress.end();
    process.stderr.write('Stopping after a checkpoint; press Ctrl+C again to end at once.\n');
    interruption.abort(new PenumbraError('STOPPED', `Stopped on request; what was done is kept. ${goOn}`));
  });

  const listeners = new Set<(event: AppEvent) => boolean>();
  const events = workspace.subscribe();
  const feed = (async () => {
    for await (const event of events) {
      progress.show(event);
      for (const listener of listeners) if (listener(event)) listeners.delete(listener);
    }
  })();
  try {
    const client: Session['client'] = createRouterClient(createRouter(workspace));
    const follow: Session['follow'] = (listener) => void listeners.add(listener);
    const finished = work({ client, progress, signal: interruption.signal, follow });
    return await Promise.race([finished, rejectOn(interruption.signal)]);
  } finally {
    await workspace.close();
    progress.end();
    await events.return?.();
    await feed;
    release();
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
