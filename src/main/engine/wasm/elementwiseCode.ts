import { FunctionBuilder } from './assembler';
import type { Axis } from './axes';

export type BinaryOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'squaredDifference';

const FLOAT = 4;
const UNROLL = 4;

/**
 * Code for run(a, b, out), out[i] = a[i] op b[i] with broadcasting.
 * @param axes outermost first, strides of [a, b, out]; along the last one out is contiguous, a and b are contiguous
 * or constant
 */
export function binaryCode(operation: BinaryOperation, axes: Axis[]): FunctionBuilder {
  const f = new FunctionBuilder(3);
  const left = f.local('v128');
  const right = f.local('v128');
  const last = axes.at(-1) ?? { size: 1, strides: [1, 1, 1] };
  const operand = (which: 0 | 1, target: number, offset: number) => {
    f.get(which);
    if (last.strides[which] === 0) f.loadSplat(0);
    else f.load(offset);
    f.set(target);
  };
  const apply = (offset: number) => {
    operand(0, left, offset);
    operand(1, right, offset);
    f.get(left).get(right);
    if (operation === 'squaredDifference') f.subtract().set(left).get(left).get(left).multiply();
    else f[operation]();
    f.set(left);
  };
  const run = (vectors: number) => {
    for (let v = 0; v < vectors; v++) {
      apply(v * 16);
      f.storeLanes(2, left, v * 16, 4);
    }
    for (const which of [0, 1, 2]) f.advance(which, vectors * 4 * last.strides[which]! * FLOAT);
  };
  const line = () => {
    const vectors = Math.floor(last.size / 4);
    f.repeat(Math.floor(vectors / UNROLL), () => run(UNROLL));
    run(vectors % UNROLL);
    const rest = last.size % 4;
    if (rest > 0) {
      apply(0);
      f.storeLanes(2, left, 0, rest);
      for (const which of [0, 1, 2]) f.advance(which, rest * last.strides[which]! * FLOAT);
    }
  };
  const nest = (depth: number): void => {
    if (depth >= axes.length - 1) {
      line();
      return;
    }
    const inner = axes[depth + 1]!;
    const { size, strides } = axes[depth]!;
    f.repeat(size, () => {
      nest(depth + 1);
      for (const which of [0, 1, 2])
        f.advance(which, (strides[which]! - inner.size * inner.strides[which]!) * FLOAT);
    });
  };
  nest(0);
  return f;
}
