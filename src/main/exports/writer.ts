/** @file An export under way: takes images with their maps, and writes every chosen format. */
import { mkdir } from 'node:fs/promises';
import type { Label } from '../../contract/annotations';
import { describeError, PenumbraError } from '../../contract/errors';
import type { MaskKind } from '../../contract/noiseMap';
import type { ExportFormat, ExportResult, UnreadableFile } from '../../contract/types';
import { sweepDrafts, writeFileAtomic } from '../files/write';
import { FORMATS, neededBy } from './formats';
import { inside } from './inside';
import { claimFolder, type ManifestContent, type ManifestMask, writeManifest } from './manifest';
import { stemsOf } from './names';
import type { Drawn, ExportImage, ExportMap, FormatOptions } from './types';
import { viewOf } from './view';

export interface ExportSettings {
  out: string;
  /** The folder the images' paths are relative to. */
  folder: string;
  /** Every path a name must be unlike, not only those that are exported: a part gets the same names as the whole. */
  paths: string[];
  formats: ExportFormat[];
  masks: ManifestMask[];
  labels: Label[];
  options: FormatOptions;
}

export interface ExportWriter {
  /**
   * Writes one image's files in the formats that it has something for. An image that fails is listed; a disk that fails
   * ends the export.
   */
  add(image: ExportImage, maps: ExportMap[], drawn?: Drawn): Promise<void>;
  /** Lists an image that could not be exported. */
  fail(file: UnreadableFile): void;
  /** Writes what comes last (tables, the manifest). */
  finish(): Promise<ExportResult>;
}

/**
 * Starts an export. Formats share the folder without collisions, and earlier exports of ours are written over.
 * @throws FOLDER_NOT_EMPTY, NOT_WRITABLE, DISK_FULL
 */
export async function openExport(settings: ExportSettings): Promise<ExportWriter> {
  const { out, folder, formats, masks, labels, options } = settings;
  const earlier = await claimFolder(out);
  await mkdir(out, { recursive: true }).catch((cause) => {
    throw new PenumbraError('NOT_WRITABLE', `The folder "${out}" cannot be made; choose another.`, { cause });
  });
  if (earlier) await sweepDrafts(out);
  const content: ManifestContent = { folder, images: 0, formats, masks, options: { ...options } };
  await writeManifest(out, content, earlier, false);

  let files = 0;
  const images = new Set<string>();
  const failed: UnreadableFile[] = [];
  const budgets = new Map<MaskKind, number>(masks.map(({ mask, budget }) => [mask, budget]));
  const stems = stemsOf(settings.paths);
  const writers = formats.map((format) => ({
    needs: neededBy(format, options),
    ...FORMATS[format]({
      write: async (path, data) => {
        await writeFileAtomic(inside(out, path), data);
        files++;
      },
      fileOf: (image) => inside(folder, image.path),
      labels,
      options,
    }),
  }));

  const add = async (image: ExportImage, maps: ExportMap[], drawn = NOTHING_DRAWN): Promise<void> => {
    // A checked image without regions says that there is nothing on it.
    const has = { maps: maps.length > 0, annotations: drawn.regions.length > 0 || drawn.state.checked };
    const chosen = writers.filter(({ needs }) => needs === 'nothing' || has[needs]);
    const views = maps.map((map) => viewOf(image, map, budgets.get(map.mask)!));
    const stem = stems.get(image.path)!;
    // Side by side, because most of the time goes into flushing files; settled, so that none is still at work after.
    const outcomes = await Promise.allSettled(chosen.map((writer) => writer.add(image, stem, views, drawn)));
    const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    const fatal = faults.find(isFatal);
    if (fatal !== undefined) throw fatal;
    if (faults.length === 0 && chosen.length > 0) images.add(image.path);
    if (faults.length > 0) failed.push({ path: image.path, ...describeError(faults[0]) });
  };

  return {
    add,
    fail: (file) => failed.push(file),
    finish: async () => {
      for (const writer of writers) await writer.end?.();
      await writeManifest(out, { ...content, images: images.size }, earlier, true);
      return { out, files: files + 1, images: images.size, failed };
    },
  };
}

const NOTHING_DRAWN: Drawn = { regions: [], state: { checked: false, tags: [], note: '' } };

/** The disk will not take the next image's files either. */
function isFatal(error: unknown): boolean {
  return error instanceof PenumbraError && (error.code === 'DISK_FULL' || error.code === 'NOT_WRITABLE');
}
