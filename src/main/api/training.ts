/** @file The `training` area of the contract. */
import { PenumbraError } from '../../contract/errors';
import type { MetricPoint, PresetCard, RunSummary, StartTraining } from '../../contract/types';
import { measureMissing } from '../training/measures';
import { planTraining } from '../training/plan';
import { presetCards } from '../training/presets';
import type { RunQueue } from '../training/types';
import type { Workspace } from './workspaceTypes';

/** @throws PROJECT_NOT_OPEN */
export function requireQueue(workspace: Workspace): RunQueue {
  workspace.requireStore();
  if (!workspace.queue)
    throw new PenumbraError('PROJECT_NOT_OPEN', 'No project is open; open an image folder first.');
  return workspace.queue;
}

export const trainingApi = (workspace: Workspace) => ({
  presets: (): PresetCard[] => presetCards(),

  /** Queues what is needed, in order. @throws TOO_FEW_IMAGES, ENCODER_UNKNOWN */
  start: (input: StartTraining): RunSummary[] => {
    const queue = requireQueue(workspace);
    return queue.add(planTraining(workspace.requireStore(), input));
  },

  pause: ({ runId }: { runId: number }): RunSummary => requireQueue(workspace).pause(runId),
  resume: ({ runId }: { runId: number }): RunSummary => requireQueue(workspace).resume(runId),
  stop: ({ runId }: { runId: number }): Promise<RunSummary> => requireQueue(workspace).stop(runId),
  rename: ({ runId, title }: { runId: number; title: string }): RunSummary =>
    requireQueue(workspace).rename(runId, title),
  reorder: ({ runIds }: { runIds: number[] }): RunSummary[] => requireQueue(workspace).reorder(runIds),

  remove: async ({ runId }: { runId: number }): Promise<{ runIds: number[] }> => {
    const runIds = await requireQueue(workspace).remove(runId);
    await measureMissing(workspace.requireStore());
    return { runIds };
  },

  runs: (): RunSummary[] => requireQueue(workspace).summaries(),

  /** @throws RUN_UNKNOWN */
  metrics: ({ runId }: { runId: number }): MetricPoint[] => {
    requireQueue(workspace).summary(runId);
    return workspace.requireStore().metrics(runId);
  },
});
