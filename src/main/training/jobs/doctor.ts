import { inspectEngines } from '../../engine/doctor';
import type { DoctorJob, JobResult } from '../protocol';

/** Looks at every engine, away from the process that draws the window: loading one takes seconds. */
export async function runDoctorJob({ selfTest }: DoctorJob): Promise<JobResult> {
  return { kind: 'doctor', report: await inspectEngines(selfTest) };
}
