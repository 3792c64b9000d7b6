/** @file Maps for images of any folder with the project's trained masks, written as npy; nothing enters the project. */
import { join, resolve } from 'node:path';
import { describeError, PenumbraError } from '../../contract/errors';
import type { MaskKind } from '../../contract/noiseMap';
import type { DeviceName, ExportResult } from '../../contract/types';
import { describeMask, openExport } from '../exports';
import { sizeOf } from '../library/decode';
import { classify } from '../library/layout';
import { walk } from '../library/walk';
import type { MaskModelSpec } from '../models/spec';
import type { ProjectStore, RunRow } from '../store/types';
import { trainedMask } from '../training/prepare';
import type { FromWorker } from '../training/protocol';
import { requireQueue } from './training';
import type { Workspace } from './workspaceTypes';

export interface FolderRequest {
  folder: string;
  out: string;
  masks: MaskKind[];
  runId?: number;
  budget?: number;
  device: DeviceName;
}

interface ChosenMask {
  run: RunRow & { mask: MaskKind };
  maskModel: MaskModelSpec;
}

type SentMaps = Extract<FromWorker, { type: 'maps' }>['maps'];

/** Images a job takes at once; decoding, not the small mask model, is what costs time. */
const BATCH = 32;

/**
 * Files that cannot be read or mapped are listed and end nothing.
 * @throws NO_TRAINED_MASK, NO_IMAGES, FOLDER_MISSING, FOLDER_NOT_EMPTY, NOT_WRITABLE, DISK_FULL, STOPPED
 */
export async function renderFolder(
  workspace: Workspace,
  request: FolderRequest,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const queue = requireQueue(workspace);
  const store = workspace.requireStore();
  const chosen = chosenMasks(store, request);
  const folder = resolve(request.folder);
  const { paths, skipped } = await walk(folder, signal);
  if (paths.length === 0)
    throw new PenumbraError('NO_IMAGES', `The folder "${folder}" holds no images; choose another.`);
  const writer = await openExport({
    ...{ out: resolve(request.out), folder, paths, formats: ['npy'], colourMap: 'inferno', opacity: 1 },
    masks: chosen.map(({ run, maskModel }) => describeMask(store, run, maskModel.scale, request.budget)),
  });
  for (const file of skipped) writer.fail(file);

  const total = paths.length * chosen.length;
  const failed = new Set<number>();
  const broken = new AbortController();
  let done = 0;
  let writing = Promise.resolve();
  let fault: unknown = null;

  const fail = (id: number, code: ExportResult['failed'][number]['code'], message: string): void => {
    if (!failed.has(id)) writer.fail({ path: paths[id - 1]!, code, message });
    failed.add(id);
  };
  const write = async (maps: SentMaps, { run, maskModel }: ChosenMask): Promise<void> => {
    for (const { imageId, logOdds, width, height } of maps) {
      const path = paths[imageId - 1]!;
      const size = await sizeOf(join(folder, path)).catch((error: unknown) => {
        const { code, message } = describeError(error);
        fail(imageId, code, message);
      });
      const map = { width, height, values: logOdds, mask: run.mask, scale: maskModel.scale };
      if (size) await writer.add({ path, ...classify(path), ...size }, [map]);
      workspace.emit({ type: 'export', done: ++done, total, finished: false });
    }
  };

  try {
    for (const mask of chosen) {
      const images = paths.map((path, i) => ({ id: i + 1, file: join(folder, path), label: null }));
      const job = {
        ...{
          kind: 'maps' as const,
          mask: mask.run.mask,
          maskModel: mask.maskModel,
          config: { batch: BATCH },
        },
        images: images.filter(({ id }) => !failed.has(id)),
      };
      // Written one batch after the other while the next is computed; a disk that is full ends the job too.
      const keep = (maps: SentMaps): void => {
        writing = writing
          .then(() => write(maps, mask))
          .catch((error: unknown) => {
            fault ??= error;
            broken.abort();
          });
      };
      const either = AbortSignal.any([broken.signal, ...(signal ? [signal] : [])]);
      const result = await queue.render(job, request.device, keep, either);
      await writing;
      if (fault) throw fault;
      for (const { id, code, message } of result.failed) fail(id, code, message);
    }
  } catch (error) {
    await writing;
    throw fault ?? error;
  } finally {
    workspace.emit({ type: 'export', done, total, finished: true });
  }
  return writer.finish();
}

/** The named mask run, or the newest of each wanted kind that has one. @throws NO_TRAINED_MASK */
function chosenMasks(store: ProjectStore, { masks, runId }: FolderRequest): ChosenMask[] {
  const ids = runId === undefined ? masks.flatMap((mask) => store.latestMaskRun(mask)?.id ?? []) : [runId];
  if (ids.length === 0)
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      `No ${masks.join(' or ')} mask has been trained in this project yet; train one first.`,
    );
  return ids.map((id) => {
    const { mask, maskModel } = trainedMask(store, id);
    return { run: { ...store.run(id)!, mask }, maskModel };
  });
}
