/**
 * @file The hard entropy budget (our answer to the paper's open question 6.2): the mean of q = sigmoid(a + t), and
 * with it the mean of log sigma, is not pulled towards a value by a penalty but made equal to it by the shift t.
 */
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';

type GradSaver = (tensors: Tensor[]) => void;

/** One shift for the whole batch (images differ in how much they can lose), or one an image. */
export type BudgetScope = 'batch' | 'image';

/** In (0, 1); a tensor where a repeated computation gets another one every time. */
export type Budget = number | Scalar;

/**
 * The noise fraction q with mean exactly the budget, differentiable with respect to a through the shift as well.
 * @param logOdds a, [batch, h, w, 1]
 * @param budget the mean over the batch, or over every image
 * @returns q in (0, 1), [batch, h, w, 1]
 */
export function noiseFractionOf(logOdds: Tensor4D, budget: Budget, scope: BudgetScope): Tensor4D {
  return tf.tidy(() => {
    const groups = scope === 'batch' ? 1 : logOdds.shape[0];
    const grouped = logOdds.reshape([groups, -1]) as Tensor2D;
    return grouped.add(shiftOf(grouped, budget)).sigmoid().reshape(logOdds.shape) as Tensor4D;
  });
}

/**
 * The shift t of every group with mean(sigmoid(a + t)) = budget. From the implicit function theorem, with
 * s = sigmoid(a + t): dt/da_i = -s_i (1 - s_i) / sum_j s_j (1 - s_j).
 * @param logOdds [groups, n] @returns [groups, 1]
 */
function shiftOf(logOdds: Tensor2D, budget: Budget): Tensor2D {
  const solve = tf.customGrad((...inputs) => {
    const [a, save] = inputs as [Tensor2D, GradSaver];
    const value = tf.tidy(() => solved(a, budget));
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

/** Enough for a mean within 1e-4 of the budget, however far the values lie apart; usually four are. */
const NEWTON_STEPS = 20;

/**
 * Newton's method for the logit of the mean, which is nearly straight in t, bisecting where it would leave the bracket. All of it in
 * the graph, for a fixed number of steps: reading values to decide when to end would break a training step in two.
 */
function solved(a: Tensor2D, budget: Budget): Tensor2D {
  const logit =
    typeof budget === 'number' ? Math.log(budget / (1 - budget)) : tf.log(budget.div(tf.sub(1, budget)));
  // With every a equal the answer is logit(budget) - a; the spread of a brackets it on both sides.
  let low = tf.sub(logit, a.max(1, true));
  let high = tf.sub(logit, a.min(1, true));
  let shift = tf.sub(logit, a.mean(1, true));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const s = a.add(shift).sigmoid();
    const mean = s.mean(1, true);
    const slope = s.mul(tf.sub(1, s)).mean(1, true);
    const tooLow = mean.less(budget);
    low = tf.where(tooLow, shift, low);
    high = tf.where(tooLow, high, shift);
    const spread = mean.mul(tf.sub(1, mean));
    const newton = shift.sub(mean.div(tf.sub(1, mean)).log().sub(logit).mul(spread).div(slope));
    // Its ends belong to it: a step that changes nothing stays there. A mean that rounds to 0 or 1 makes no number, which is in no bracket.
    const inside = newton.greaterEqual(low).logicalAnd(newton.lessEqual(high));
    shift = tf.where(inside, newton, low.add(high).div(2));
  }
  return shift as Tensor2D;
}
