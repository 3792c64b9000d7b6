/** @file Decoded images in memory, bounded in bytes: epochs after the first read no files. */
import type { JobImage } from './protocol';

/** Decodes a file, whose content has the hash if one is known, to RGB bytes [size, size, 3]. */
export type Decode = (file: string, size: number, hash?: string) => Promise<Uint8Array>;

export interface PixelCacheOptions {
  decode: Decode;
  /** Most bytes of decoded pixels kept. */
  limit?: number;
  /** How many images beyond the last one asked for are decoded ahead. */
  ahead?: number;
}

const MEGABYTE = 2 ** 20;

/**
 * The images of one job. What is asked for is decoded at once; images that follow it in the job's order are decoded
 * ahead, one at a time, where that pays: when all of them fit, or when the job goes through them in order.
 */
export class PixelCache {
  readonly #decode: Decode;
  readonly #limit: number;
  readonly #ahead: number;
  readonly #images: JobImage[];
  readonly #places: Map<number, number>;
  readonly #inOrder: boolean;
  /** Oldest use first; a promise while it is being decoded. */
  readonly #entries = new Map<string, Promise<Uint8Array>>();
  readonly #bytes = new Map<string, number>();
  #total = 0;
  #next = 0;
  #until = 0;
  #prefetching = false;
  #closed = false;

  /** @param inOrder whether the job reads its images once, in order */
  constructor(
    images: JobImage[],
    inOrder: boolean,
    { decode, limit = 512 * MEGABYTE, ahead = 16 }: PixelCacheOptions,
  ) {
    this.#decode = decode;
    this.#limit = limit;
    this.#ahead = ahead;
    this.#images = images;
    this.#places = new Map(images.map((image, place) => [image.id, place]));
    this.#inOrder = inOrder;
  }

  /** RGB bytes [size, size, 3]. The array is shared between callers and must not be written to. */
  get(image: JobImage, size: number): Promise<Uint8Array> {
    const pixels = this.#load(image, size);
    const place = this.#places.get(image.id);
    if (place !== undefined) this.#lookAhead(place, size);
    return pixels;
  }

  get bytes(): number {
    return this.#total;
  }

  close(): void {
    this.#closed = true;
    this.#entries.clear();
    this.#bytes.clear();
    this.#total = 0;
  }

  #load(image: JobImage, size: number): Promise<Uint8Array> {
    const key = `${image.id} ${size}`;
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const pixels = this.#decode(image.file, size, image.hash);
    this.#entries.set(key, pixels);
    pixels.then(
      (bytes) => this.#keep(key, bytes.length),
      () => this.#entries.delete(key),
    );
    return pixels;
  }

  #keep(key: string, bytes: number): void {
    if (this.#closed || !this.#entries.has(key)) return;
    this.#bytes.set(key, bytes);
    this.#total += bytes;
    for (const [oldest] of this.#entries) {
      if (this.#total <= this.#limit) break;
      const freed = this.#bytes.get(oldest);
      if (freed === undefined) continue;
      this.#entries.delete(oldest);
      this.#bytes.delete(oldest);
      this.#total -= freed;
    }
  }

  #lookAhead(place: number, size: number): void {
    if (!this.#inOrder && this.#images.length * size * size * 3 > this.#limit) return;
    if (this.#inOrder) this.#next = Math.max(this.#next, place + 1);
    this.#until = this.#inOrder ? place + 1 + this.#ahead : this.#images.length;
    if (!this.#prefetching) void this.#prefetch(size);
  }

  async #prefetch(size: number): Promise<void> {
    this.#prefetching = true;
    while (!this.#closed && this.#next < Math.min(this.#until, this.#images.length)) {
      // A file that cannot be decoded is reported to whoever asks for it.
      await this.#load(this.#images[this.#next++]!, size).catch(() => {});
    }
    this.#prefetching = false;
  }
}
