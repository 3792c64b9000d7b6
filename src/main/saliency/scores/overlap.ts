/** @file How far the highest pixels, as many as the object has, are the object. */
import { ascending } from './ranks';

/** Share of those pixels that lie on the object. @param object 1 on the object, 0 outside @returns in [0, 1] */
export function rankAccuracy(saliency: ArrayLike<number>, object: ArrayLike<number>): number {
  const order = ascending(saliency);
  let inside = 0;
  for (let i = 0; i < object.length; i++) if (object[i]) inside++;
  let hits = 0;
  for (let i = order.length - inside; i < order.length; i++) if (object[order[i]!]) hits++;
  return hits / inside;
}

/** Intersection over union of those pixels with the object. @param object 1 on the object, 0 outside @returns in [0, 1] */
export function iouAtArea(saliency: ArrayLike<number>, object: ArrayLike<number>): number {
  const accuracy = rankAccuracy(saliency, object);
  return accuracy / (2 - accuracy);
}
