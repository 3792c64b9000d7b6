const STEPS = 40;

/**
 * The strength at which something that grows with it reaches a target, by bisection.
 * @returns an end of the range where the target lies beyond it
 */
export function strengthFor(
  reached: (strength: number) => number,
  target: number,
  [low, high]: [number, number],
): number {
  let [from, to] = [low, high];
  for (let step = 0; step < STEPS; step++) {
    const middle = (from + to) / 2;
    if (reached(middle) < target) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

export function meanOver(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]!);
  return sum / values.length;
}
