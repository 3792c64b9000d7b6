import { adjustEncoder, importEncoder } from '../../models/encoder';
import type { ImportJob, JobResult } from '../protocol';

/** @throws ENCODER_UNKNOWN, ENCODER_UNREADABLE, ENCODER_UNSUPPORTED */
export async function runImportJob({ from, size, scale }: ImportJob): Promise<JobResult> {
  const wish = { size, scale };
  const { spec, ...found } = await (typeof from === 'string'
    ? importEncoder(from, wish)
    : adjustEncoder(from, wish));
  return { kind: 'import', encoder: spec, ...found };
}
