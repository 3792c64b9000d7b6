/** @file The detector of question 6.1: whether a learned mean does what the noise was meant to do. */

/** How far the embedding moves (cosine distance) under a view and under its parts. */
export interface MeanDistances {
  /** Of x + mu + sigma eps. */
  both: number;
  /** Of x + mu: the noise taken away. */
  mean: number;
  /** Of x + sigma eps: the mean taken away. */
  noise: number;
}

/** Half of the change: from here on the mean decides more than the noise. */
const DECIDES = 0.5;
/** A tenth more contrast, or noise that would do more than half again as much without the mean. */
const RAISES = 0.1;
const RESCUES = 1.5;

/**
 * Whether a learned mean does what the noise was meant to do, as sentences; none where it does not.
 * @param gain see `meanGain`
 */
export function meanShortcuts({ both, mean, noise }: MeanDistances, gain: number): string[] {
  const found: string[] = [];
  if (mean > DECIDES * both) found.push('the mean alone changes the embedding');
  if (gain > RAISES) found.push('the mean raises contrast');
  if (noise > RESCUES * both) found.push('the mean undoes the noise');
  return found;
}
