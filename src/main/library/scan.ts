/** @file Brings a folder's images into the project: what is new or changed is read, what went away is forgotten. */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describeError, PenumbraError } from '../../contract/errors';
import type { ProjectStore, ScannedImage, UnreadableImage } from '../store/types';
import { hashOf, readImageFile, thumbnailOf } from './decode';
import { blameFolder } from './folder';
import { classify } from './layout';
import { Portions } from './portions';
import { type Walk, walk } from './walk';

export interface ScanProgress {
  done: number;
  total: number;
  unreadable: number;
}

export interface ScanOptions {
  onProgress?: (progress: ScanProgress) => void;
  signal?: AbortSignal;
}

export interface ScanResult {
  images: number;
  unreadable: number;
  /** Files that were new or had changed. */
  read: number;
}

/** Longest side of a thumbnail, in pixels. */
const THUMBNAIL = 256;
/** Images in one transaction: each costs a flush to the disk, and a killed scan loses at most so many. */
const BATCH = 512;
/** Files under way: more than can be decoded at once, so that the next are there while a batch is written. */
const CONCURRENCY = 4 * Math.min(Math.max(availableParallelism(), 2), 8);
/** Bytes of files in memory, at most; a single file may be larger. */
const reading = new Portions(2 ** 28);
const TELL_MS = 100;

/**
 * Scans the folder into the store. Files of unchanged size and time are not read again; files that cannot be read are
 * listed with the reason and never end the scan. Stopping it keeps what has been read.
 * @throws FOLDER_MISSING, FOLDER_UNREADABLE, NO_IMAGES, STOPPED, and the store's errors
 */
export async function scanFolder(
  folder: string,
  store: ProjectStore,
  options: ScanOptions = {},
): Promise<ScanResult> {
  const { signal } = options;
  const found = await walk(folder, signal);
  if (found.paths.length === 0) throw noImages(folder, found.skipped[0]);

  const scan = new Scan(folder, store, found, options.onProgress);
  await Promise.all(Array.from({ length: CONCURRENCY }, () => scan.work(signal)));
  scan.flush();
  if (signal?.aborted) throw new PenumbraError('STOPPED', 'The scan was stopped.');
  scan.requireFolder();

  store.putUnreadable(scan.unreadable);
  const kept = scan.kept();
  store.keepOnly(kept);
  if (kept.size === 0) throw noImages(folder, scan.unreadable[0]);
  return { images: kept.size, unreadable: scan.unreadable.length, read: scan.read };
}

class Scan {
  readonly unreadable: UnreadableImage[];
  read = 0;
  readonly #known: Map<string, { bytes: number; modifiedMs: number }>;
  readonly #lost = new Set<string>();
  #batch: ScannedImage[] = [];
  #next = 0;
  #done = 0;
  #toldAt = 0;

  constructor(
    readonly folder: string,
    readonly store: ProjectStore,
    readonly found: Walk,
    readonly onProgress: ScanOptions['onProgress'],
  ) {
    this.unreadable = [...found.skipped];
    this.#known = store.knownFiles();
  }

  /** Takes one file after the other until none is left; several of these run side by side. */
  async work(signal?: AbortSignal): Promise<void> {
    while (this.#next < this.found.paths.length && !signal?.aborted) {
      await this.#take(this.found.paths[this.#next++]!);
      this.#done++;
      this.#tell();
    }
  }

  async #take(path: string): Promise<void> {
    try {
      const image = await this.#readIfChanged(path);
      if (image) this.#batch.push(image);
    } catch (error) {
      this.#lost.add(path);
      this.unreadable.push({ path, ...describeError(error) });
    }
    // Outside the try: a store that cannot write ends the scan, unlike an image that cannot be read.
    if (this.#batch.length >= BATCH) this.flush();
  }

  async #readIfChanged(path: string): Promise<ScannedImage | null> {
    const file = join(this.folder, path);
    const known = this.#known.get(path);
    const now = await stat(file).catch(() => null);
    if (known && now?.size === known.bytes && now.mtimeMs === known.modifiedMs) return null;
    return reading.run(now?.size ?? 0, () => this.#read(path, file, now));
  }

  /** @param found before it is read: what changes meanwhile is seen to have changed by the next scan */
  async #read(path: string, file: string, found: Stats | null): Promise<ScannedImage> {
    const bytes = await readImageFile(file, { found });
    const picture = await thumbnailOf(file, bytes, THUMBNAIL);
    this.read++;
    return {
      ...{ path, ...classify(path), ...picture },
      ...{ bytes: bytes.length, modifiedMs: found?.mtimeMs ?? 0, hash: hashOf(bytes) },
    };
  }

  flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.store.putImages(batch);
  }

  /** Files that could not be read are forgotten; not so where the folder went away beneath the scan. @throws FOLDER_MISSING */
  requireFolder(): void {
    const [first] = this.unreadable.filter(({ path }) => this.#lost.has(path));
    if (first && blameFolder(this.folder, first) !== first) throw blameFolder(this.folder, first);
  }

  /** What the project goes on knowing: what was found and can be read, and what lies in folders that could not be listed now. */
  kept(): Set<string> {
    const kept = new Set(this.found.paths.filter((path) => !this.#lost.has(path)));
    for (const { path: folder, code } of this.found.skipped) {
      if (code !== 'FOLDER_UNREADABLE') continue;
      for (const path of this.#known.keys()) if (path.startsWith(`${folder}/`)) kept.add(path);
    }
    return kept;
  }

  #tell(): void {
    const total = this.found.paths.length;
    const now = Date.now();
    if (this.#done < total && now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.onProgress?.({ done: this.#done, total, unreadable: this.unreadable.length });
  }
}

function noImages(folder: string, first: UnreadableImage | undefined): PenumbraError {
  const why = first
    ? ` ${first.message}`
    : ' Choose a folder that holds JPEG, PNG, WebP, TIFF, GIF or AVIF files.';
  return new PenumbraError('NO_IMAGES', `"${folder}" holds no image that can be read.${why}`);
}
