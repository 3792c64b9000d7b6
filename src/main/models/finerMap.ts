/** @file Where a network halved its maps for the last time, found by its graph alone, whatever file it came from. */

/** What is computed under a name. */
export interface GraphStep {
  /** Names of what it is computed from, the image first. */
  inputs: string[];
  /** Places of its input, in each direction, to one of its own. */
  stride: number;
  /** Whether it does nothing but add a border. */
  pads: boolean;
}

/**
 * The map that the last halving before `last` was made from: the nearest one, going back from `last`.
 * @param step what makes a name; undefined for weights and for the input
 * @returns its name; null if nothing halves but the image itself
 */
export function finerMap(last: string, step: (name: string) => GraphStep | undefined): string | null {
  const seen = new Set([last]);
  // Grows while it is walked: nearest first.
  for (const name of seen) {
    const made = step(name);
    if (!made) continue;
    if (made.stride > 1) {
      const finer = withoutBorder(made.inputs[0]!, step);
      return step(finer) ? finer : null;
    }
    for (const input of made.inputs) seen.add(input);
  }
  return null;
}

function withoutBorder(name: string, step: (name: string) => GraphStep | undefined): string {
  const made = step(name);
  return made?.pads ? made.inputs[0]! : name;
}
