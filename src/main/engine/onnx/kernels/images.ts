/** @file Moves of whole images inside a model. */
import type { Lowering } from '../lowering/lowering';

/** Reverses the order along axes. */
export function turnAround(to: Lowering, name: string, axes: readonly number[]): string {
  const all = (value: number) => to.integers(axes.map(() => value));
  return to.emit('Slice', [name, all(-1), all(-(2 ** 31)), to.integers(axes), all(-1)]);
}

/**
 * Puts zeros between the elements of an image, `strides - 1` of them, which undoes the skipping of a strided window.
 * @param name a tensor [batch, channels, height, width] @param shape logical, [batch, height, width, channels]
 * @returns the image, without zeros behind the last element, and its height and width
 */
export function spread(
  to: Lowering,
  name: string,
  shape: readonly number[],
  [down, across]: readonly [number, number],
): { name: string; size: [number, number] } {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  if (down === 1 && across === 1) return { name, size: [height, width] };
  const apart = to.reshape(name, [batch, channels, height, 1, width, 1]);
  const pads = to.integers([0, 0, 0, 0, 0, 0, 0, 0, 0, down - 1, 0, across - 1]);
  const padded = to.emit('Pad', [apart, pads, to.float(0)]);
  const joined = to.reshape(padded, [batch, channels, height * down, width * across]);
  const size: [number, number] = [(height - 1) * down + 1, (width - 1) * across + 1];
  const cut = to.emit('Slice', [joined, to.integers([0, 0]), to.integers(size), to.integers([2, 3])]);
  return { name: cut, size };
}
