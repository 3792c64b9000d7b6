/** @file Exports the project's maps and annotations. */
import { resolve } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import { DEFAULT_BUDGET, type MaskKind, type NoiseScale } from '../../contract/noiseMap';
import type { ExportResult, StartExport } from '../../contract/types';
import type { ImageRow, ProjectStore, RunRow } from '../store/types';
import { neededBy } from './formats';
import type { ManifestMask } from './manifest';
import type { ExportMap, FormatOptions } from './types';
import { type ExportWriter, openExport } from './writer';

export interface ExportOptions {
  onProgress?: (progress: { done: number; total: number }) => void;
  signal?: AbortSignal;
}

/** Images under way at the same time: one is encoded while the next is computed. */
const CONCURRENCY = 2;

export type MaskRun = RunRow & { mask: MaskKind };

/**
 * Writes maps and annotations of the chosen images in every chosen format. Stopping leaves only whole files, and a
 * manifest that says the export is not complete.
 * @throws NO_TRAINED_MASK, NO_ANNOTATIONS, RUN_UNKNOWN, IMAGE_UNKNOWN, INVALID_INPUT, FOLDER_NOT_EMPTY, NOT_WRITABLE, DISK_FULL, STOPPED
 */
export async function exportProject(
  store: ProjectStore,
  request: StartExport,
  { onProgress, signal }: ExportOptions = {},
): Promise<ExportResult> {
  const needs = new Set(request.formats.map((format) => neededBy(format, request)));
  const runs = needs.has('maps') || needs.has('nothing') ? chosenRuns(store, request, needs.has('maps')) : [];
  const images = chosenImages(store, request.imageIds);
  const masks = runs.flatMap((run) => described(store, run, request.budget) ?? []);
  if (masks.length === 0 && needs.has('maps')) {
    throw new PenumbraError('NO_TRAINED_MASK', 'No maps have been computed yet; compute the maps first.');
  }
  if (needs.size === 1 && needs.has('annotations') && !images.some(({ id }) => isDrawn(store, id)))
    throw new PenumbraError(
      'NO_ANNOTATIONS',
      'Nothing has been drawn on these images yet; draw regions first, or check images that have none.',
    );

  const writer = await openExport({
    out: resolve(request.out),
    folder: store.folder,
    paths: store.images().map(({ path }) => path),
    formats: [...new Set(request.formats)],
    masks,
    labels: store.labels(),
    options: optionsOf(request),
  });
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < images.length) {
      if (signal?.aborted) throw new PenumbraError('STOPPED', 'The export was stopped.');
      await exportImage(store, runs, images[next++]!, writer, needs.has('maps'));
      onProgress?.({ done: ++done, total: images.length });
    }
  };
  const workers = Array.from({ length: CONCURRENCY }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    // Nobody may still be writing when the caller hears of the end.
    next = images.length;
    await Promise.allSettled(workers);
    throw error;
  }
  return writer.finish();
}

/** The maps of an image that these runs have made. */
export const mapsOf = (store: ProjectStore, runs: MaskRun[], image: ImageRow): ExportMap[] =>
  runs.flatMap((run) => {
    const map = store.map(run.id, image.id);
    return map ? { ...map, values: map.logOdds } : [];
  });

async function exportImage(
  store: ProjectStore,
  runs: MaskRun[],
  image: ImageRow,
  writer: ExportWriter,
  needsMaps: boolean,
): Promise<void> {
  const maps = mapsOf(store, runs, image);
  if (maps.length === 0 && needsMaps) {
    const message = `"${image.path}" has no map yet; compute the maps again.`;
    writer.fail({ path: image.path, code: 'NO_TRAINED_MASK', message });
  }
  return writer.add(image, maps, store.annotations(image.id));
}

export function isDrawn(store: ProjectStore, imageId: number): boolean {
  const { regions, state } = store.annotations(imageId);
  return regions.length > 0 || state.checked;
}

export const optionsOf = ({
  colourMap,
  opacity,
  maskOf,
  maskStyle,
  threshold,
  cocoShapes,
}: Omit<StartExport, 'out'>): FormatOptions => ({
  ...{ colourMap, opacity, maskOf, maskStyle, threshold, cocoShapes },
});

/**
 * One run of each wanted kind: those that are named, or the newest that have ended.
 * @param required whether there must be one
 */
export function chosenRuns(
  store: ProjectStore,
  { masks, runIds }: Pick<StartExport, 'masks' | 'runIds'>,
  required: boolean,
): MaskRun[] {
  if (!runIds) {
    const newest = masks.flatMap((mask) => store.latestMaskRun(mask) ?? []);
    if (newest.length > 0 || !required) return newest as MaskRun[];
    throw new PenumbraError(
      'NO_TRAINED_MASK',
      'No mask has been trained in this project yet; train one first.',
    );
  }
  const runs = runIds.map((id) => {
    const run = store.run(id);
    if (run?.mask && run.kind === 'mask') return run as MaskRun;
    throw new PenumbraError('RUN_UNKNOWN', `There is no mask run ${id} in this project.`);
  });
  if (new Set(runs.map(({ mask }) => mask)).size < runs.length) {
    throw new PenumbraError(
      'INVALID_INPUT',
      'Only one run of each mask fits in one folder; export them one by one.',
    );
  }
  return runs.filter(({ mask }) => masks.includes(mask));
}

function chosenImages(store: ProjectStore, ids: number[] | undefined): ImageRow[] {
  const images = store.images(ids && { ids });
  const found = new Set(images.map(({ id }) => id));
  const missing = ids?.find((id) => !found.has(id));
  if (missing === undefined) return images;
  throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${missing} in this project.`);
}

/** What the manifest says of a run; null while it has no maps. */
function described(store: ProjectStore, run: MaskRun, budget: number | undefined): ManifestMask | null {
  const [imageId] = store.mappedImages(run.id);
  const map = imageId === undefined ? null : store.map(run.id, imageId);
  return map && describeMask(store, run, map.scale, budget);
}

/** What a manifest says of the mask model a run has trained. */
export function describeMask(
  store: ProjectStore,
  run: MaskRun,
  scale: NoiseScale,
  budget: number | undefined,
): ManifestMask {
  const encoder = run.encoderId === null ? null : store.encoder(run.encoderId);
  const { id, title, engine, finishedAt, config, mask } = run;
  return {
    mask,
    budget: budget ?? DEFAULT_BUDGET[mask],
    scale,
    run: { id, title, engine, finishedAt, config },
    encoder: encoder && {
      id: encoder.id,
      name: encoder.name,
      kind: encoder.kind,
      fingerprint: encoder.fingerprint,
    },
  };
}
