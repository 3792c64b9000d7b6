/** @file The gradient of maximum pooling without the places of the maxima, which ONNX Runtime lacks on WebGPU. */
import type { GraphNode } from '../graph/node';
import { NCHW } from '../layout';
import type { Lowering } from '../lowering/lowering';
import type { Geometry } from './convolution';
import { spread } from './images';

/** Less than every number that is pooled, so that pads are never the maximum. */
const LOWEST = -3.4e38;

/**
 * Place by place of the window, dy goes where the input equals the maximum, unless an earlier place took it: of equal
 * elements the first one counts, as on the processor.
 * @param gradient dy, NCHW @param maxima the pooling's result, NCHW
 */
export function unpoolByComparison(
  to: Lowering,
  gradient: string,
  maxima: string,
  x: GraphNode,
  dy: GraphNode,
  { kernel, strides, pads }: Geometry,
): string {
  const output = [dy.shape[1]!, dy.shape[2]!] as const;
  // What all windows cover together.
  const covered = ([0, 1] as const).map((axis) => (output[axis] - 1) * strides[axis] + kernel[axis]);
  const image = cover(to, to.inLayout(x, NCHW), x, covered, pads);
  let taken: string | null = null;
  let sum: string | null = null;
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const ends = [i + (output[0] - 1) * strides[0] + 1, j + (output[1] - 1) * strides[1] + 1];
      const seen = to.emit('Slice', [
        image,
        to.integers([i, j]),
        to.integers(ends),
        to.integers([2, 3]),
        to.integers(strides),
      ]);
      const equal = to.cast(to.emit('Equal', [seen, maxima]), 'float32');
      const first: string = taken ? to.emit('Mul', [equal, to.emit('Sub', [to.float(1), taken])]) : equal;
      taken = taken ? to.emit('Add', [taken, first]) : first;
      const part = spread(to, to.emit('Mul', [gradient, first]), dy.shape, strides);
      const behind = [covered[0]! - i - part.size[0], covered[1]! - j - part.size[1]];
      const placed = to.emit('Pad', [part.name, to.integers([0, 0, i, j, 0, 0, ...behind]), to.float(0)]);
      sum = sum ? to.emit('Add', [sum, placed]) : placed;
    }
  return uncover(to, sum!, x, covered, pads);
}

/** The image with its pads, without what no window reaches. */
function cover(
  to: Lowering,
  name: string,
  x: GraphNode,
  covered: readonly number[],
  pads: Geometry['pads'],
): string {
  const missing = [0, 1].map((axis) => Math.max(0, covered[axis]! - pads[axis]! - x.shape[1 + axis]!));
  const padded = to.emit('Pad', [
    name,
    to.integers([0, 0, pads[0], pads[1], 0, 0, ...missing]),
    to.float(LOWEST),
  ]);
  return to.emit('Slice', [padded, to.integers([0, 0]), to.integers(covered), to.integers([2, 3])]);
}

/** The other way round: pads are cut off, and what no window reached is zero. */
function uncover(
  to: Lowering,
  name: string,
  x: GraphNode,
  covered: readonly number[],
  pads: Geometry['pads'],
): string {
  const [height, width] = [x.shape[1]!, x.shape[2]!];
  const ends = to.integers([pads[0] + height, pads[1] + width]);
  const cut = to.emit('Slice', [name, to.integers([pads[0], pads[1]]), ends, to.integers([2, 3])]);
  const missing = [height - (covered[0]! - pads[0]), width - (covered[1]! - pads[1])].map((n) =>
    Math.max(0, n),
  );
  return to.emit('Pad', [cut, to.integers([0, 0, 0, 0, 0, 0, ...missing]), to.float(0)]);
}
