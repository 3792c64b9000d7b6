import { type Computation, repeated as repeatedBy } from './onnx';
import { tf } from './tf';

/**
 * A step to be made again and again: tensors in, tensors out, variables assigned on the way. An engine that can keeps what it has recorded
 * of it, so whatever changes from step to step, numbers too, must be among the inputs.
 */
export function repeated(step: Computation): Computation {
  return repeatedBy(tf, step);
}
