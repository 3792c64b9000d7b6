/** @file What an export would write of one image, without writing it. */
import sharp from 'sharp';
import { describeError, PenumbraError } from '../../contract/errors';
import { DEFAULT_BUDGET } from '../../contract/noiseMap';
import type { ExportPreview, PreviewExport } from '../../contract/types';
import type { ProjectStore } from '../store/types';
import { chosenRuns, isDrawn, mapsOf, optionsOf } from './exportProject';
import { FORMATS, neededBy } from './formats';
import { inside } from './inside';
import { stemsOf } from './names';
import { viewOf } from './view';

/** Longest side of a picture, in pixels. */
const SIDE = 360;
/** Characters of a text. */
const TEXT = 1200;

/** @throws IMAGE_UNKNOWN, NO_TRAINED_MASK, RUN_UNKNOWN, INVALID_INPUT */
export async function previewExport(store: ProjectStore, request: PreviewExport): Promise<ExportPreview> {
  const image = store.image(request.imageId);
  if (!image)
    throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${request.imageId} in this project.`);
  const options = optionsOf(request);
  const maps = mapsOf(store, chosenRuns(store, request, false), image);
  const views = maps.map((map) => viewOf(image, map, request.budget ?? DEFAULT_BUDGET[map.mask]));
  const has = { maps: maps.length > 0, annotations: isDrawn(store, image.id), nothing: true };
  const stem = stemsOf(store.images().map(({ path }) => path)).get(image.path)!;
  const files: ExportPreview['files'] = [];
  const failed: ExportPreview['failed'] = [];
  for (const format of request.formats.filter((one) => has[neededBy(one, request)])) {
    const writer = FORMATS[format]({
      write: async (path, data) => void files.push(await shown(path, data)),
      fileOf: ({ path }) => inside(store.folder, path),
      labels: store.labels(),
      options,
    });
    try {
      await writer.add(image, stem, views, store.annotations(image.id));
      await writer.end?.();
    } catch (error) {
      failed.push({ path: format, ...describeError(error) });
    }
  }
  return { files, failed };
}

async function shown(path: string, data: Uint8Array | string): Promise<ExportPreview['files'][number]> {
  const bytes = Buffer.from(data as Uint8Array);
  const told = { path, bytes: bytes.length, text: null, picture: null };
  if (/\.(png|jpg)$/.test(path)) {
    // Numbers of a palette and 16-bit greys are shown as they would be looked at.
    const small = await sharp(bytes)
      .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
      .toColourspace('srgb')
      .webp({ lossless: true, effort: 1 })
      .toBuffer();
    return { ...told, picture: `data:image/webp;base64,${small.toString('base64')}` };
  }
  const isText = typeof data === 'string';
  return isText ? { ...told, text: data.slice(0, TEXT) } : told;
}
