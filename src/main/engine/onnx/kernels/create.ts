/** @file Tensors from nothing: filled ones in the graph, ranges as elements. */
import { createLeaf, type GraphNode } from '../graph/node';
import { util } from '../tfjs';
import { ARRAY_OF, allocate, type NumericType } from '../types';
import { kernel, NotInOnnx } from './kernel';
import { broadcastTo, fill } from './shapes';

/** `count` elements from `start` on. */
function progression(start: number, step: number, count: number, dtype: NumericType): GraphNode {
  const values = allocate(dtype, count);
  for (let i = 0; i < count; i++) values[i] = start + i * step;
  return createLeaf(values, [count], dtype);
}

export const createKernels = [
  kernel<object, { shape: number[]; value: number; dtype?: NumericType }>('Fill', (_, attributes) => {
    const { shape, value } = attributes;
    const dtype = attributes.dtype ?? util.inferDtype(value);
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') throw new NotInOnnx('Strings.');
    // Other numbers are fed, so that one that changes does not change the graph.
    if (value === 0 || value === 1) return fill(value, shape, dtype);
    return broadcastTo(createLeaf(ARRAY_OF[dtype].of(Number(value)), [], dtype), shape);
  }),
  kernel<object, { start: number; stop: number; step: number; dtype?: NumericType }>(
    'Range',
    (_, { start, stop, step, dtype }) => {
      const backwards = (start < stop && step < 0) || (stop < start && step > 1);
      const count = start === stop || backwards ? 0 : Math.abs(Math.ceil((stop - start) / step));
      const towards = stop < start && step === 1 ? -1 : step;
      return progression(start, towards, count, dtype ?? 'float32');
    },
  ),
  kernel<object, { start: number; stop: number; num: number }>('LinSpace', (_, { start, stop, num }) =>
    progression(start, num > 1 ? (stop - start) / (num - 1) : 0, num, 'float32'),
  ),
];
