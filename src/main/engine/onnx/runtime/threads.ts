import { availableParallelism } from 'node:os';

/** More threads than these gain nothing on the small images that are trained with. */
const MOST_THREADS = 16;
/** A thread more must bring this much, or it is left to others. */
const WORTHWHILE = 0.95;

/**
 * How many threads compute fastest now: all of them are slower than half where two share a core or others keep the
 * processor busy.
 * @param time milliseconds that a sample computation takes with so many threads
 */
export function chooseThreads(time: (threads: number) => number): number {
  let best = Math.min(availableParallelism(), MOST_THREADS);
  let bestTime = time(best);
  for (let threads = best >> 1; threads >= 1; threads >>= 1) {
    const taken = time(threads);
    if (taken > bestTime / WORTHWHILE) break;
    best = threads;
    bestTime = taken;
  }
  return best;
}
