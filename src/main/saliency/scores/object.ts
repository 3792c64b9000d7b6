/** @file Every score of one map against the object of its image. */
import { auroc } from './auroc';
import { massAccuracy } from './mass';
import { iouAtArea, rankAccuracy } from './overlap';
import { pointing } from './pointing';

export interface ObjectScores {
  auroc: number;
  iou: number;
  pointing: number;
  mass: number;
  rank: number;
}

/** @param saliency [height, width], larger = more important @param object 1 on the object, 0 outside */
export function objectScores(
  saliency: ArrayLike<number>,
  object: ArrayLike<number>,
  width: number,
): ObjectScores {
  return {
    auroc: auroc(saliency, object),
    iou: iouAtArea(saliency, object),
    pointing: pointing(saliency, object, width),
    mass: massAccuracy(saliency, object),
    rank: rankAccuracy(saliency, object),
  };
}
