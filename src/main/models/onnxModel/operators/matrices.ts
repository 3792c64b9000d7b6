/** @file Products of matrices. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../../../engine/tf';
import type { Operator } from '../value';

const gemm: Operator = (inputs, attributes) => {
  const product = tf.matMul(
    inputs.tensor(0) as Tensor2D,
    inputs.tensor(1) as Tensor2D,
    attributes.number('transA', 0) === 1,
    attributes.number('transB', 0) === 1,
  );
  const alpha = attributes.number('alpha', 1);
  const scaled = alpha === 1 ? product : product.mul(alpha);
  if (!inputs.has(2)) return [scaled];
  const beta = attributes.number('beta', 1);
  return [scaled.add(beta === 1 ? inputs.tensor(2) : inputs.tensor(2).mul(beta))];
};

/** As NumPy's matmul. Many rows against one matrix are one product of two matrices. */
const matMul: Operator = (inputs) => {
  const [a, b] = [inputs.tensor(0), inputs.tensor(1)];
  if (b.rank === 2 && a.rank > 2) {
    const rows = a.reshape([-1, a.shape.at(-1)!]) as Tensor2D;
    return [rows.matMul(b as Tensor2D).reshape([...a.shape.slice(0, -1), b.shape[1]!])];
  }
  return [tf.matMul(a, b) as Tensor];
};

export const matrixOperators: Record<string, Operator> = { Gemm: gemm, MatMul: matMul };
