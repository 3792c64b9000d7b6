/** @file Every kind of job, and what does it. */
import type { Job, JobContext, JobResult } from '../protocol';
import { runBenchJob } from './bench';
import { runCalibrationJob } from './calibration';
import { runDoctorJob } from './doctor';
import { runEncoderJob } from './encoder';
import { runExplainJob } from './explain';
import { runImportJob } from './import';
import { runLabJob } from './lab';
import { runMapsJob } from './maps';
import { runAnyMaskJob } from './maskRun';
import { runProbeJob } from './probe';
import { runReportJob } from './report';
import { runScoreJob } from './score';

export function runJob(job: Job, context: JobContext): Promise<JobResult> {
  switch (job.kind) {
    case 'encoder':
      return runEncoderJob(job, context);
    case 'calibration':
      return runCalibrationJob(job, context);
    case 'mask':
      return runAnyMaskJob(job, context);
    case 'maps':
      return runMapsJob(job, context);
    case 'lab':
      return runLabJob(job, context);
    case 'doctor':
      return runDoctorJob(job);
    case 'import':
      return runImportJob(job);
    case 'probe':
      return runProbeJob(job, context);
    case 'report':
      return runReportJob(job, context);
    case 'score':
      return runScoreJob(job, context);
    case 'explain':
      return runExplainJob(job, context);
    case 'bench':
      return runBenchJob(job);
  }
}
