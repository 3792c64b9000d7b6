/**
 * @file Entry of the training worker, built to out/main/worker.js: a process of its own that owns the compute device
 * and never the database. It does what the jobs it is sent say, and ends with the process that started it.
 */
import { startEngine } from '../engine';
import { decodeSquare } from '../library/decode';
import { runCalibrationJob } from './jobs/calibration';
import { runEncoderJob } from './jobs/encoder';
import { runLabJob } from './jobs/lab';
import { runMapsJob } from './jobs/maps';
import { runAnyMaskJob } from './jobs/maskRun';
import { connectToParent } from './parentPort';
import type { Job, JobContext, JobResult } from './protocol';
import { serveJobs } from './workerLoop';

function runJob(job: Job, context: JobContext): Promise<JobResult> {
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
  }
}

const port = connectToParent();
port.onClose(() => process.exit(0));
// Ctrl+C reaches every process of the terminal; main decides what becomes of the run.
process.on('SIGINT', () => {});
serveJobs(port, { startEngine, decode: decodeSquare, runJob });
