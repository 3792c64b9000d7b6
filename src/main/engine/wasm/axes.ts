/** An axis of a loop over tensors: its length and, for each tensor, how many floats one step along it is. */
export interface Axis {
  size: number;
  strides: number[];
}

/**
 * Merges neighbouring axes that every tensor walks through without a jump, and drops those of length one: the fewer
 * and longer the loops, the faster.
 */
export function mergeAxes(axes: Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const outer = merged.at(-1);
    if (outer?.strides.every((stride, i) => stride === axis.strides[i]! * axis.size)) {
      outer.size *= axis.size;
      outer.strides = axis.strides;
    } else merged.push({ size: axis.size, strides: [...axis.strides] });
  }
  return merged;
}

/** Strides of a tensor read in the larger shape `to`: zero along every axis that is broadcast. */
export function broadcastStrides(shape: number[], to: number[]): number[] {
  const strides = new Array<number>(to.length).fill(0);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) strides[i + to.length - shape.length] = stride;
    stride *= shape[i]!;
  }
  return strides;
}
