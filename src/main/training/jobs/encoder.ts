import type { EncoderJob, JobContext, JobResult } from '../protocol';
import { trainClassifier } from './classifier';
import { trainMinMax } from './minMax';
import { trainSimclr } from './simclr';

/** Trains the folder's own encoder: a classifier of its classes, or without them by SimCLR or by Eq. 1. */
export function runEncoderJob(job: EncoderJob, context: JobContext): Promise<JobResult> {
  switch (job.encoder) {
    case 'classifier':
      return trainClassifier(job, context);
    case 'simclr':
      return trainSimclr(job, context);
    case 'min-max':
      return trainMinMax(job, context);
  }
}
