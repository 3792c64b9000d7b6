/** @file Images as they are shown: decoded before they are needed. */
import type { ImageItem } from '../../contract/types';
import { mediaUrl } from '../rpc';

/** Larger than a screen shows at once only where the image is. */
const VIEW = 2048;
/** Decoded neighbours that are held on to: one before, one after, and where one comes from. */
const HELD = 4;

const held = new Map<number, { picture: HTMLImageElement; decoded: Promise<void> }>();

export function sourceOf({ id, width, height }: ImageItem): string {
  return mediaUrl.image(id, Math.max(width, height) > VIEW ? VIEW : undefined);
}

/** Starts to load and decode an image that is likely to be looked at next. */
export function warmUp(item: ImageItem) {
  const known = held.get(item.id);
  if (known) return known;
  const picture = new Image();
  picture.src = sourceOf(item);
  const decoded = picture.decode();
  // Whoever shows it is told.
  decoded.catch(() => held.delete(item.id));
  const made = { picture, decoded };
  held.set(item.id, made);
  const [oldest] = held.keys();
  if (held.size > HELD) held.delete(oldest!);
  return made;
}

export async function load(item: ImageItem): Promise<HTMLImageElement> {
  const { picture, decoded } = warmUp(item);
  await decoded.catch(async () => {
    throw new Error((await reasonOf(sourceOf(item))) ?? `${item.path} cannot be shown.`);
  });
  return picture;
}

/** What the program says of an address that gave no picture. */
async function reasonOf(source: string): Promise<string | null> {
  const answer = await fetch(source).catch(() => null);
  const told =
    answer && !answer.ok ? ((await answer.json().catch(() => null)) as { message?: string }) : null;
  return told?.message ?? null;
}

/** Other projects have other images under the same numbers. */
export function forgetPictures(): void {
  held.clear();
}
