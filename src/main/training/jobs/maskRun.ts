import { sameMapsWarning } from '../../noise/collapse';
import type { JobContext, JobResult, MaskJob } from '../protocol';
import { runJointJob } from './joint';
import { runMaskJob } from './mask';
import { lookedAt, mapsOfModel } from './maskHealth';
import { randomised } from './randomisation';

/** Steps of the mask that is trained for comparison: enough to see where it looks. */
const COMPARED_STEPS = 60;

/** Trains one mask, or both; with a check against a randomised encoder where that is asked for. */
export async function runAnyMaskJob(job: MaskJob, context: JobContext): Promise<JobResult> {
  const result = await (job.joint ? runJointJob(job, context) : runMaskJob(job, context));
  if (!job.config.checkRandomisation || result.kind !== 'mask') return result;
  const { joint: _joint, ...alone } = job;
  const stranger = randomised(job.encoder, job.config.seed);
  const other = await runMaskJob(
    {
      ...alone,
      encoder: stranger,
      previews: [],
      config: { ...job.config, steps: Math.min(job.config.steps, COMPARED_STEPS) },
    },
    // Its curve and its checkpoints are not the run's.
    { ...context, checkpoint: null, send: () => {} },
  );
  if (other.kind !== 'mask') return result;
  const images = lookedAt(job.images);
  const warning = sameMapsWarning(
    job.mask,
    await mapsOfModel(context, images, result.model, job.encoder),
    await mapsOfModel(context, images, other.model, stranger),
  );
  return { ...result, warnings: [...result.warnings, ...warning] };
}
