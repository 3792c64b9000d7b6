import { importEncoder } from '../../models/encoder';
import type { ImportJob, JobResult } from '../protocol';

/** @throws ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
export async function runImportJob({ path, size, scale }: ImportJob): Promise<JobResult> {
  const { spec, ...found } = await importEncoder(path, { size, scale });
  return { kind: 'import', encoder: spec, ...found };
}
