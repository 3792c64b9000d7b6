import type { EncoderJob, JobContext, JobResult } from '../protocol';
import { trainClassifier } from './classifier';
import { trainSimclr } from './simclr';

/** Trains the folder's own encoder: a classifier of its classes, or SimCLR where it has none. */
export function runEncoderJob(job: EncoderJob, context: JobContext): Promise<JobResult> {
  return job.encoder === 'classifier' ? trainClassifier(job, context) : trainSimclr(job, context);
}
