import { importEncoder } from '../../models/encoder';
import type { ImportJob, JobResult } from '../protocol';

/** @throws ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
export async function runImportJob({ path, size }: ImportJob): Promise<JobResult> {
  return { kind: 'import', encoder: await importEncoder(path, size) };
}
