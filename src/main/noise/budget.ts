/**
 * @file The hard entropy budget (our answer to the paper's open question 6.2): the mean of q = sigmoid(a + t), and
 * with it the mean of log sigma, is not pulled towards a value by a penalty but made equal to it by the shift t.
 */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { budgetShift } from '../../contract/noiseMap';
import { tf } from '../engine/tf';

type GradSaver = (tensors: Tensor[]) => void;

/** One shift for the whole batch (images differ in how much they can lose), or one an image. */
export type BudgetScope = 'batch' | 'image';

/**
 * The noise fraction q with mean exactly the budget, differentiable with respect to a through the shift as well.
 * @param logOdds a, [batch, h, w, 1]
 * @param budget in (0, 1): the mean over the batch, or over every image
 * @returns q in (0, 1), [batch, h, w, 1]
 */
export function noiseFractionOf(logOdds: Tensor4D, budget: number, scope: BudgetScope): Tensor4D {
  return tf.tidy(() => {
    const groups = scope === 'batch' ? 1 : logOdds.shape[0];
    const grouped = logOdds.reshape([groups, -1]) as Tensor2D;
    return grouped.add(shiftOf(grouped, budget)).sigmoid().reshape(logOdds.shape) as Tensor4D;
  });
}

/**
 * The shift t of every group with mean(sigmoid(a + t)) = budget, found by bisection outside the graph. From the
 * implicit function theorem, with s = sigmoid(a + t): dt/da_i = -s_i (1 - s_i) / sum_j s_j (1 - s_j).
 * @param logOdds [groups, n] @returns [groups, 1]
 */
function shiftOf(logOdds: Tensor2D, budget: number): Tensor2D {
  const solve = tf.customGrad((...inputs) => {
    const [a, save] = inputs as [Tensor2D, GradSaver];
    const [groups, length] = a.shape;
    const values = a.dataSync();
    const shifts = Float32Array.from({ length: groups }, (_, i) =>
      budgetShift(values.subarray(i * length, (i + 1) * length), budget),
    );
    const value = tf.tensor2d(shifts, [groups, 1]);
    save([a, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const s = saved[0]!.add(saved[1]!).sigmoid();
        const slope = s.mul(tf.sub(1, s));
        return dy.neg().mul(slope).div(slope.sum(1, true));
      },
    };
  });
  return solve(logOdds) as Tensor2D;
}
