import type { RunSummary } from '../../contract/types';
import type { RunRow } from '../store/types';

/** @param progress where a running run stands, ahead of what has been written of it */
export function summarise(
  row: RunRow,
  progress: { step: number; steps: number; secondsLeft: number | null } | null,
): RunSummary {
  const { id, kind, mask, title, status, encoderId, after, place, step, steps } = row;
  const { startedAt, finishedAt, engine, error, warnings, config } = row;
  const still = { step, steps, secondsLeft: null };
  return {
    ...{
      id,
      kind,
      mask,
      title,
      status,
      encoderId,
      after,
      place,
      startedAt,
      finishedAt,
      engine,
      error,
      warnings,
      config,
    },
    ...(progress ?? still),
  };
}
