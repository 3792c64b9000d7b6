/** Scores of a saliency map against an object mask. */

export interface Scores {
  /** Area under the ROC curve: the probability that a pixel of the object ranks above one outside; ties count half. */
  auroc: number;
  /** Intersection over union of the object with the highest-ranked pixels, as many as the object has. */
  iou: number;
  /** Whether the highest pixel lies on the object. */
  pointing: number;
}

/** @param saliency larger = more important @param object 1 on the object, 0 outside; both of the same length */
export function scoresOf(saliency: ArrayLike<number>, object: ArrayLike<number>): Scores {
  const order = Array.from({ length: saliency.length }, (_, i) => i).sort(
    (a, b) => saliency[a]! - saliency[b]!,
  );
  const inside = order.filter((i) => object[i]).length;
  let rankSum = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && saliency[order[to]!] === saliency[order[from]!]) to++;
    // Equal values share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (object[order[i]!]) rankSum += rank;
  }
  const hits = order.slice(-inside).filter((i) => object[i]).length;
  return {
    auroc: (rankSum - (inside * (inside + 1)) / 2) / (inside * (order.length - inside)),
    iou: hits / (2 * inside - hits),
    pointing: object[order.at(-1)!] ? 1 : 0,
  };
}

export function meanScores(scores: Scores[]): Scores {
  const mean = (of: (score: Scores) => number) =>
    scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
  return { auroc: mean((s) => s.auroc), iou: mean((s) => s.iou), pointing: mean((s) => s.pointing) };
}
