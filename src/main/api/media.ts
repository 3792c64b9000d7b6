/** @file Pictures and maps of the open project by their ids, for whoever shows them. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PenumbraError } from '../../contract/errors';
import { viewOf } from '../library/decode';
import { blameFolder } from '../library/folder';
import type { ImageRow } from '../store/types';
import type { ProjectWorkspace } from './workspace';

export interface MediaItem {
  /** Changes when the bytes would. */
  version: string;
  headers?: Record<string, string>;
  load(): Promise<{ type: string; bytes: Uint8Array }>;
}

export const mediaSource = (workspace: ProjectWorkspace) => ({
  /** WebP, longest side 256 px. @throws IMAGE_UNKNOWN */
  thumbnail(imageId: number): MediaItem {
    const store = workspace.requireStore();
    const { hash } = requireImage(workspace, imageId);
    const load = async () => ({ type: 'image/webp', bytes: store.thumbnail(imageId) ?? fail(imageId) });
    return { version: `thumb-${hash}`, load };
  },

  /**
   * The image, oriented; with `size`, no side is longer.
   * @throws IMAGE_UNKNOWN; `load` IMAGE_UNREADABLE, IMAGE_TOO_LARGE, IMAGE_CHANGED, FOLDER_MISSING
   */
  image(imageId: number, size: number | null): MediaItem {
    const { hash, path } = requireImage(workspace, imageId);
    const store = workspace.requireStore();
    const { folder } = store;
    const load = () =>
      viewOf(join(folder, path), size, hash).catch((error: unknown) => {
        if (error instanceof PenumbraError && error.code === 'IMAGE_CHANGED') store.doubtImage(imageId);
        throw blameFolder(folder, error);
      });
    return { version: `image-${hash}-${size ?? 'full'}`, load };
  },

  /** Log-odds as little-endian float32, row by row; see contract/noiseMap. @throws RUN_UNKNOWN */
  map(runId: number, imageId: number): MediaItem {
    const row = workspace.requireStore().map(runId, imageId);
    if (!row) throw new PenumbraError('RUN_UNKNOWN', `Run ${runId} has no map of image ${imageId}.`);
    const { width, height, logOdds } = row;
    const bytes = new Uint8Array(logOdds.buffer, logOdds.byteOffset, logOdds.byteLength);
    return {
      version: `map-${createHash('sha256').update(bytes).digest('hex')}`,
      headers: { 'x-map-width': String(width), 'x-map-height': String(height) },
      load: async () => ({ type: 'application/octet-stream', bytes }),
    };
  },
});

function requireImage(workspace: ProjectWorkspace, imageId: number): ImageRow {
  return workspace.requireStore().image(imageId) ?? fail(imageId);
}

function fail(imageId: number): never {
  throw new PenumbraError('IMAGE_UNKNOWN', `There is no image ${imageId} in this project.`);
}
