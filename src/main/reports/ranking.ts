/** @file Which images of a class are typical of it, and which are suspicious. */
import type { ClassReport } from '../../contract/reports';
import { mean } from '../noise/statistics';
import { suspicionOf, typicality } from './averages';
import { boxSums } from './boxes';
import { outsideShare } from './classEvidence';
import type { Subject } from './types';
import type { Judgement } from './verdict';

/** So many images of every list. */
export const RANKED = 12;

/** One number an image, 0..1. */
export type ImageSuspicion = { imageId: number; suspicion: number };

export function suspicionsOf(
  ours: Subject[],
  { score, region, background }: Judgement,
  size: number,
): ImageSuspicion[] {
  const proven = region?.proven ? region : null;
  const moved = new Map<number, number>(
    proven
      ? proven.removed.ids.map((id, i) => [id, proven.removed.region[i]! - proven.removed.control[i]!])
      : (background?.swapped.map(({ id, followsGround }) => [id, followsGround]) ?? []),
  );
  const boxes = new Map(proven?.boxes.map(({ id, box }) => [id, box]));
  return ours.map((subject) => {
    const box = boxes.get(subject.id);
    const inBox = box
      ? boxSums(subject.kept, size)(box) / Math.max(1e-9, mean(subject.kept) * size * size)
      : null;
    return {
      imageId: subject.id,
      suspicion: suspicionOf({
        classScore: score,
        moved: moved.get(subject.id) ?? null,
        elsewhere: inBox ?? outsideShare(subject),
      }),
    };
  });
}

export function rankedOf(ours: Subject[], suspicion: ImageSuspicion[]): ClassReport['ranked'] {
  const typical = typicality(ours.map(({ kept }) => kept));
  const order = ours.map((_, i) => i).sort((a, b) => typical[b]! - typical[a]!);
  const ids = (places: number[]) => places.slice(0, RANKED).map((i) => ours[i]!.id);
  return {
    typical: ids(order),
    unusual: ids(order.toReversed()),
    suspicious: suspicion
      .toSorted((a, b) => b.suspicion - a.suspicion)
      .slice(0, RANKED)
      .map(({ imageId }) => imageId),
  };
}
