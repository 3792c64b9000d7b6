/** @file Jobs beside the queue of runs, each in a worker process of its own that ends with it. */
import { PenumbraError } from '../../contract/errors';
import type { DeviceName } from '../../contract/types';
import { type JobMessage, TrainingHost } from './host';
import type { Checkpoint, Job, JobResult } from './protocol';
import type { SpawnWorker } from './types';

export interface AsideOptions {
  spawn?: SpawnWorker;
  signal?: AbortSignal;
  onMessage?: (message: JobMessage) => void;
  /** Where an earlier attempt was broken off. */
  checkpoint?: Checkpoint | null;
}

type ResultOf<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>;

/**
 * Does one job, whatever the runs of the open project are doing.
 * @throws STOPPED when the signal is aborted; what the job throws
 */
export async function runAside<Kind extends Job['kind'] & JobResult['kind']>(
  job: Extract<Job, { kind: Kind }>,
  device: DeviceName,
  { spawn, signal, onMessage = () => {}, checkpoint = null }: AsideOptions,
): Promise<ResultOf<Kind>> {
  if (signal?.aborted) throw new PenumbraError('STOPPED', 'The work was stopped before it began.');
  const host = new TrainingHost({ spawn });
  const stop = (): void => host.stop();
  signal?.addEventListener('abort', stop);
  try {
    const result = await host.run(job, device, checkpoint, onMessage);
    if (result.kind !== job.kind) throw new Error(`the worker answered ${job.kind} with ${result.kind}`);
    return result as ResultOf<Kind>;
  } finally {
    signal?.removeEventListener('abort', stop);
    host.close();
  }
}
