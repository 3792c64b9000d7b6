/** @file Resizing of images with its gradients, as products with matrices that interpolate along one axis. */
import { createNode, type GraphNode, type Operation } from '../graph/node';
import { NCHW, physicalShape } from '../layout';
import type { Lowering } from '../lowering/lowering';
import { kernel } from './kernel';
import { cast } from './shapes';

interface ResizeAttributes {
  nearest: boolean;
  alignCorners: boolean;
  halfPixel: boolean;
}

/** How many times larger `large` is, if that is a whole number. */
function factor(small: number, large: number): number | null {
  return large % small === 0 ? large / small : null;
}

/** The whole factors of a plain nearest-neighbour enlargement, which repeats pixels. */
function repetition(
  { nearest, alignCorners, halfPixel }: ResizeAttributes,
  small: readonly number[],
  large: readonly number[],
): [number, number] | null {
  const down = factor(small[1]!, large[1]!);
  const across = factor(small[2]!, large[2]!);
  return nearest && !alignCorners && !halfPixel && down && across ? [down, across] : null;
}

const RESIZE: Operation<ResizeAttributes> = {
  name: 'Resize',
  lower(node, to) {
    const x = node.inputs[0]!;
    const image = to.inLayout(x, NCHW);
    if (repetition(node.attributes, x.shape, node.shape)) {
      const sizes = to.integers(physicalShape(node.shape, NCHW));
      const mode = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
      return to.define(node as GraphNode, to.emit('Resize', [image, '', '', sizes], mode), NCHW);
    }
    const rows = interpolation(to, node.attributes, x.shape[1]!, node.shape[1]!, false);
    const columns = interpolation(to, node.attributes, x.shape[2]!, node.shape[2]!, true);
    to.define(node as GraphNode, to.emit('MatMul', [rows, to.emit('MatMul', [image, columns])]), NCHW);
  },
};

const RESIZE_GRADIENT: Operation<ResizeAttributes> = {
  name: 'ResizeGrad',
  lower(node, to) {
    const dy = node.inputs[0]!;
    const image = to.inLayout(dy, NCHW);
    const repeated = repetition(node.attributes, node.shape, dy.shape);
    if (repeated) {
      const means = to.emit('AveragePool', [image], { kernel_shape: repeated, strides: repeated });
      const sums = to.emit('Mul', [means, to.float(repeated[0] * repeated[1])]);
      return to.define(node as GraphNode, sums, NCHW);
    }
    const rows = interpolation(to, node.attributes, node.shape[1]!, dy.shape[1]!, true);
    const columns = interpolation(to, node.attributes, node.shape[2]!, dy.shape[2]!, false);
    to.define(node as GraphNode, to.emit('MatMul', [rows, to.emit('MatMul', [image, columns])]), NCHW);
  },
};

/** The matrix [to, from] that resizes an axis of length `from`, or its transpose. */
function interpolation(
  to: Lowering,
  attributes: ResizeAttributes,
  from: number,
  target: number,
  transposed: boolean,
): string {
  const { nearest, alignCorners, halfPixel } = attributes;
  const key = `interpolation ${from} ${target} ${transposed} ${nearest} ${alignCorners} ${halfPixel}`;
  return to.constant(key, () => {
    const matrix = new Float32Array(from * target);
    for (const { row, column, weight } of weights(attributes, from, target))
      matrix[transposed ? column * target + row : row * from + column]! += weight;
    return to.initializer('float32', transposed ? [from, target] : [target, from], matrix);
  });
}

/** Which elements of the old axis (column) make each of the new one (row). */
function* weights({ nearest, alignCorners, halfPixel }: ResizeAttributes, from: number, target: number) {
  const scale = alignCorners && target > 1 ? (from - 1) / (target - 1) : from / target;
  const inside = (index: number) => Math.min(from - 1, Math.max(0, index));
  for (let row = 0; row < target; row++) {
    if (nearest) {
      const place = scale * (halfPixel ? row + 0.5 : row);
      // As TensorFlow.js does: aligned corners round half up, everything else rounds down.
      yield { row, column: inside(alignCorners ? Math.round(place) : Math.floor(place)), weight: 1 };
      continue;
    }
    const place = Math.max(0, halfPixel ? scale * (row + 0.5) - 0.5 : scale * row);
    const low = inside(Math.floor(place));
    yield { row, column: low, weight: 1 - (place - Math.floor(place)) };
    yield { row, column: inside(Math.ceil(place)), weight: place - Math.floor(place) };
  }
}

interface SizeAttributes {
  alignCorners: boolean;
  halfPixelCenters: boolean;
  size: [number, number];
}

const resizing = (name: string, nearest: boolean) => [
  kernel<{ images: GraphNode }, SizeAttributes>(name, ({ images }, attributes) => {
    const [batch, , , channels] = images.shape as [number, number, number, number];
    const { alignCorners, halfPixelCenters: halfPixel, size } = attributes;
    const shape = [batch, ...size, channels];
    return createNode(
      RESIZE,
      [cast(images, 'float32')],
      { nearest, alignCorners, halfPixel },
      shape,
      'float32',
    );
  }),
  kernel<{ images: GraphNode; dy: GraphNode }, SizeAttributes>(
    `${name}Grad`,
    ({ images, dy }, attributes) => {
      const { alignCorners, halfPixelCenters } = attributes;
      const resize = { nearest, alignCorners, halfPixel: halfPixelCenters ?? false };
      return createNode(RESIZE_GRADIENT, [dy], resize, images.shape, 'float32');
    },
  ),
];

export const resizeKernels = [
  ...resizing('ResizeBilinear', false),
  ...resizing('ResizeNearestNeighbor', true),
];
