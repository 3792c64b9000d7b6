/** @file Where a network halved its maps for the last time, found by its graph alone, whatever file it came from. */

/** What is computed under a name. */
export interface GraphStep {
  /** Names of what it is computed from, the image first. */
  inputs: string[];
  /** Places of its input, in each direction, to one of its own. */
  stride: number;
  /** Whether it adds maps: the end of a residual block. */
  adds: boolean;
  /** Whether it changes the order of dimensions: what lies before is no map as the others are. */
  turns: boolean;
}

type StepOf = (name: string) => GraphStep | undefined;

/** Operations from the end of a block to the halving in the next, at most: a border, a wide 1 x 1 convolution, its norm and activation. */
const MOST_BETWEEN = 8;

/** Names of the maps that a mask model may read, the finer first: `last`, and the finer map where there is one. */
export function coarseMapsBy(last: string, step: StepOf): string[] {
  const finer = finerMap(last, step);
  return finer === null ? [last] : [finer, last];
}

/**
 * The map that the last halving before `last` was made from, going back from `last`: the end of the residual block before it, or
 * where there is none what the halving operation itself was given.
 * @param step what makes a name; undefined for weights and for the input
 * @returns its name; null if nothing halves but the image itself
 */
export function finerMap(last: string, step: StepOf): string | null {
  const seen = new Set([last]);
  // Grows while it is walked: nearest first.
  for (const name of seen) {
    const made = step(name);
    if (!made) continue;
    if (made.stride > 1) {
      const given = made.inputs[0]!;
      return endOfBlock(given, step) ?? (step(given) ? given : null);
    }
    for (const input of made.inputs) seen.add(input);
  }
  return null;
}

function endOfBlock(name: string, step: StepOf): string | null {
  let made = step(name);
  for (let hops = 0; made && made.stride === 1 && !made.turns && hops < MOST_BETWEEN; hops++) {
    if (made.adds && made.inputs.every((input) => step(input))) return name;
    name = made.inputs[0]!;
    made = step(name);
  }
  return null;
}
