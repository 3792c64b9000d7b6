/** @file Maps for images of any folder with the project's trained masks, written as npy; nothing enters the project. */
import { join, resolve } from 'node:path';
import { describeError, PenumbraError } from '../../contract/errors';
import type { MaskKind, NoiseScale } from '../../contract/noiseMap';
import type { DeviceName, ExportResult } from '../../contract/types';
import { describeMask, openExport } from '../exports';
import type { ExportWriter } from '../exports/writer';
import { sizeOf } from '../library/decode';
import { classify } from '../library/layout';
import { walk } from '../library/walk';
import type { ProjectStore, RunRow } from '../store/types';
import { trainedMask } from '../training/prepare';
import type { FromWorker, JobImage, MapsJob } from '../training/protocol';
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

interface ChosenMask extends Pick<MapsJob, 'maskModel' | 'encoder'> {
  run: RunRow & { mask: MaskKind };
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
    ...{ out: resolve(request.out), folder, paths, formats: ['npy'], labels: [] },
    options: { colourMap: 'inferno', opacity: 1, maskOf: 'label', maskStyle: 'binary', cocoShapes: 'drawn' },
    masks: chosen.map(({ run, maskModel }) => describeMask(store, run, maskModel.scale, request.budget)),
  });
  for (const file of skipped) writer.fail(file);

  const total = paths.length * chosen.length;
  let done = 0;
  const images = new FolderImages(folder, paths, writer, () => {
    workspace.emit({ type: 'export', done: ++done, total, finished: false });
  });
  try {
    for (const { run, maskModel, encoder } of chosen) {
      const { mask } = run;
      const job: MapsJob = {
        kind: 'maps',
        mask,
        maskModel,
        encoder,
        images: images.remaining(),
        config: { batch: BATCH },
      };
      const writing = new Chain();
      const stop = AbortSignal.any([writing.broken, ...(signal ? [signal] : [])]);
      const result = await queue
        .render(
          job,
          request.device,
          (maps) => writing.add(() => images.write(maps, mask, maskModel.scale)),
          stop,
        )
        .finally(() => writing.end());
      for (const failure of result.failed) images.fail(failure.id, failure);
    }
  } finally {
    workspace.emit({ type: 'export', done, total, finished: true });
  }
  return writer.finish();
}

/** The folder's images under the ids that the job knows them by: their place, from one. */
class FolderImages {
  readonly #failed = new Set<number>();

  constructor(
    readonly folder: string,
    readonly paths: string[],
    readonly writer: ExportWriter,
    readonly onWritten: () => void,
  ) {}

  /** All but those that have failed with an earlier mask. */
  remaining(): JobImage[] {
    return this.paths
      .map((path, i) => ({ id: i + 1, file: join(this.folder, path), label: null }))
      .filter(({ id }) => !this.#failed.has(id));
  }

  async write(maps: SentMaps, mask: MaskKind, scale: NoiseScale): Promise<void> {
    for (const { imageId, logOdds, width, height } of maps) {
      const path = this.paths[imageId - 1]!;
      const size = await sizeOf(join(this.folder, path)).catch((error: unknown) =>
        this.fail(imageId, describeError(error)),
      );
      const map = { width, height, values: logOdds, mask, scale };
      if (size) await this.writer.add({ path, ...classify(path), ...size }, [map]);
      this.onWritten();
    }
  }

  fail(id: number, { code, message }: ReturnType<typeof describeError>): void {
    this.#failed.add(id);
    this.writer.fail({ path: this.paths[id - 1]!, code, message });
  }
}

/** Writes one batch after the other while the next is computed; the first that fails breaks the chain. */
class Chain {
  readonly #broken = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #fault: unknown = null;

  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  add(work: () => Promise<void>): void {
    this.#last = this.#last
      .then(() => (this.#fault === null ? work() : undefined))
      .catch((error: unknown) => {
        this.#fault = error;
        this.#broken.abort();
      });
  }

  /** Waits for what is being written. @throws what broke the chain */
  async end(): Promise<void> {
    await this.#last;
    if (this.#fault !== null) throw this.#fault;
  }
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
    const { mask, ...trained } = trainedMask(store, id);
    return { run: { ...store.run(id)!, mask }, ...trained };
  });
}
