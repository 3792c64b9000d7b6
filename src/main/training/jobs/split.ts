import { Random } from '../../noise/random';
import type { JobImage } from '../protocol';

/**
 * Holds a share of every class back, to measure on images that were not trained on. A class keeps at least one image
 * to train on; the same seed holds back the same images.
 */
export function holdOut(
  images: JobImage[],
  share: number,
  seed: number,
): { train: JobImage[]; held: JobImage[] } {
  const classes = new Map<number | null, JobImage[]>();
  for (const image of images) {
    const members = classes.get(image.label);
    if (members) members.push(image);
    else classes.set(image.label, [image]);
  }
  const chosen = new Set<number>();
  for (const [label, members] of classes) {
    const count = Math.min(Math.round(members.length * share), members.length - 1);
    const order = new Random(seed, label ?? -1, 'held out').permutation(members.length);
    for (const index of order.subarray(0, count)) chosen.add(members[index]!.id);
  }
  return {
    train: images.filter(({ id }) => !chosen.has(id)),
    held: images.filter(({ id }) => chosen.has(id)),
  };
}
