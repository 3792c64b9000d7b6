import { runExperiment } from '../../lab/run';
import type { LabContext } from '../../lab/types';
import type { JobContext, JobResult, LabJob } from '../protocol';
import { breatheOrStop } from './loop';

/**
 * Runs an experiment of the lab. What each of its parts gave is sent as it is done; a later attempt takes it from the
 * checkpoint and goes on with the next part.
 * @throws STOPPED
 */
export async function runLabJob(
  { experiment, config, images, classes }: LabJob,
  context: JobContext,
): Promise<JobResult> {
  const report = await runExperiment(experiment, config, { ...labContext(context), images, classes });
  return { kind: 'lab', report };
}

function labContext(context: JobContext): Pick<LabContext, 'breathe' | 'part' | 'job'> {
  const parts: Record<string, unknown> = { ...(context.checkpoint?.state.parts as object | undefined) };
  return {
    job: context,
    breathe: async (done, total) => {
      await breatheOrStop(context);
      context.send({ type: 'progress', step: done, steps: total });
    },
    part: async <T>(key: string, work: () => Promise<T>): Promise<T> => {
      if (!(key in parts)) {
        parts[key] = await work();
        const step = Object.keys(parts).length;
        context.send({ type: 'checkpoint', checkpoint: { step, arrays: {}, state: { parts } } });
      }
      return parts[key] as T;
    },
  };
}
