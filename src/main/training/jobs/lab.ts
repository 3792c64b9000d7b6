import { runExperiment } from '../../lab/run';
import type { JobContext, JobResult, LabJob } from '../protocol';
import { breatheOrStop } from './loop';

/** Runs an experiment of the lab. @throws STOPPED; nothing of it is kept, because it takes minutes at most */
export async function runLabJob({ experiment, config }: LabJob, context: JobContext): Promise<JobResult> {
  const report = await runExperiment(experiment, config, async (done, total) => {
    await breatheOrStop(context);
    context.send({ type: 'progress', step: done, steps: total });
  });
  return { kind: 'lab', report };
}
