/** @file The `maps` area of the contract. */
import { resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import type { DeviceName, MapCard, RunSummary, Shard } from '../../contract/types';
import type { MergeResult, ProjectStore } from '../store/types';
import { planMaps } from '../training/plan';
import { trainedMask } from '../training/prepare';
import { type FolderRequest, renderFolder } from './renderFolder';
import { requireQueue } from './training';
import type { Workspace } from './workspaceTypes';

interface RenderRequest {
  runIds?: number[];
  device: DeviceName;
  shard?: Shard;
}

export const mapsApi = (workspace: Workspace) => ({
  /**
   * Queues the maps that images of the project lack, for each named mask run or the newest of each kind.
   * @throws NO_TRAINED_MASK
   */
  render: ({ runIds, device, shard }: RenderRequest): RunSummary[] => {
    const queue = requireQueue(workspace);
    const store = workspace.requireStore();
    const plan = (runIds ?? newestMaskRuns(store)).map((maskRunId) => {
      const { mask } = trainedMask(store, maskRunId);
      const encoderId = store.run(maskRunId)!.encoderId;
      return planMaps(store, { mask, after: maskRunId, encoderId, device, shard });
    });
    return queue.add(plan);
  },

  renderFolder: (request: FolderRequest, { signal }: { signal?: AbortSignal } = {}) =>
    renderFolder(workspace, request, signal),

  /** File by file, each whole or not at all. @throws PROJECT_MISSING, PROJECT_UNREADABLE, PROJECT_BUSY, INVALID_INPUT */
  merge: ({ files }: { files: string[] }): MergeResult => {
    const store = workspace.requireStore();
    const total: MergeResult = { added: 0, known: 0, foreign: 0 };
    for (const file of files) {
      const { added, known, foreign } = store.mergeMaps(resolve(file));
      total.added += added;
      total.known += known;
      total.foreign += foreign;
    }
    return total;
  },

  /** @throws IMAGE_UNKNOWN */
  ofImage: ({ imageId }: { imageId: number }): MapCard[] => {
    const store = workspace.requireStore();
    if (!store.image(imageId))
      throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${imageId} in this project.`);
    return store.mapsOfImage(imageId).map(({ runId, mask, width, height, scale, meanBits, totalBits }) => ({
      ...{ runId, mask, width, height, scale, meanBits, totalBits },
    }));
  },
});

/** @throws NO_TRAINED_MASK if there is none of either kind */
function newestMaskRuns(store: ProjectStore): number[] {
  const runs = (['positive', 'negative'] as const).flatMap((mask) => store.latestMaskRun(mask)?.id ?? []);
  if (runs.length === 0)
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      'No mask has been trained in this project yet; train one first.',
    );
  return runs;
}
