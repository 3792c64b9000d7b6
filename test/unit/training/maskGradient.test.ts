/** The whole loss of both masks, differentiated down to the mask model's weights: tiny networks, finite differences. */
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MaskKind } from '../../../src/contract/noiseMap';
import { tf } from '../../../src/main/engine/tf';
import { createMaskModel, type MaskModel } from '../../../src/main/models/maskModel';
import { calibrationLoss, randomNoiseMaps } from '../../../src/main/noise/calibration';
import { type Masking, maskedLoss } from '../../../src/main/noise/maskedLoss';
import { Random } from '../../../src/main/noise/random';
import { noisyView, standardNormals } from '../../../src/main/noise/sampling';
import { normalTensor } from '../noise/finiteDifferences';

await tf.setBackend('cpu');

const scale = { sigmaMin: 0.02, sigmaMax: 1.5 };
const x = normalTensor<Tensor4D>([3, 32, 32, 3], 1);
const eps = standardNormals([3, 32, 32, 3], new Random(1, 0, 'eps'));

/** An encoder without kinks, so that finite differences are exact enough to tell a wrong gradient. */
const filter = normalTensor<Tensor4D>([3, 3, 3, 6], 2, 0.3);
const head = normalTensor<Tensor2D>([6, 5], 3, 5);
const embed = (input: Tensor4D) =>
  tf.conv2d(input, filter, 2, 'same').tanh().mean([1, 2]).matMul(head) as Tensor2D;

let model: MaskModel;
beforeAll(() => {
  model = createMaskModel([8, 8, 16], new Random(4, 0, 'weights'));
  // Away from the almost constant beginning, so that every weight matters; offsets, which begin at zero, at three, so that few
  // rectifiers have their kink within a difference.
  for (const variable of model.variables) {
    const offset = variable.rank === 1 && variable.abs().max().dataSync()[0] === 0 ? 3 : 0;
    variable.assign(variable.add(offset).add(normalTensor(variable.shape, variable.size, 0.1)));
  }
});

/** Compares grad . d with a central difference along a random direction d in all weights at once. */
function expectWeightGradient(loss: () => Scalar, variables = model.variables): void {
  const { grads } = tf.variableGrads(loss, variables);
  const norm = Math.sqrt(
    Object.values(grads).reduce((sum, gradient) => sum + gradient.square().sum().dataSync()[0]!, 0),
  );
  for (let seed = 0; seed < 4; seed++) {
    const directions = variables.map((variable, i) => normalTensor(variable.shape, 100 * seed + i));
    const analytic = variables.reduce((sum, variable, i) => {
      const gradient = grads[variable.name];
      return gradient ? sum + gradient.mul(directions[i]!).sum().dataSync()[0]! : sum;
    }, 0);
    // Smaller, and the loss' own rounding (some 1e-5 of 6) is what the difference shows.
    const h = 1e-3;
    const at = (factor: number): number => {
      variables.forEach((variable, i) => {
        variable.assign(variable.add(directions[i]!.mul(factor * h)));
      });
      return loss().dataSync()[0]!;
    };
    const above = at(1);
    const below = at(-2);
    at(1);
    expect(Math.abs(analytic - (above - below) / (2 * h))).toBeLessThan(0.05 * norm);
  }
}

describe.each<[MaskKind, Masking['objective']]>([
  ['positive', 'relational'],
  ['negative', 'relational'],
  ['positive', 'nt-xent'],
  ['negative', 'nt-xent'],
  ['positive', 'cosine'],
  ['positive', 'log-cosine'],
  ['positive', 'centred-cosine'],
  ['negative', 'centred-cosine'],
  ['negative', 'mse'],
  ['positive', 'kl'],
])('%s mask, %s', (mask, objective) => {
  test('the gradient reaches the weights of the mask model', () => {
    const masking: Masking = { mask, logOdds: model.logOdds, embed, scale, objective, temperature: 0.5 };
    const batch = { x, clean: embed(x), eps, budget: mask === 'positive' ? 0.7 : 0.3 };
    expectWeightGradient(() => maskedLoss(masking, batch).loss);
  });
});

test('the budget is met inside the loss, over the batch or an image', () => {
  const of = (mask: MaskKind, budget: number) =>
    maskedLoss(
      { mask, logOdds: model.logOdds, embed, scale, objective: 'cosine', temperature: 1 },
      { x, clean: embed(x), eps, budget },
    ).q;
  expect(Math.abs(of('positive', 0.8).mean().dataSync()[0]! - 0.8)).toBeLessThan(1e-4);
  for (const mean of of('negative', 0.2).mean([1, 2, 3]).dataSync())
    expect(Math.abs(mean - 0.2)).toBeLessThan(1e-4);
});

test('calibration: the gradient reaches the weights of the student', () => {
  const weights = tf.variable(filter);
  const student = (input: Tensor4D) =>
    tf
      .conv2d(input, weights as unknown as Tensor4D, 2, 'same')
      .tanh()
      .mean([1, 2])
      .matMul(head) as Tensor2D;
  const sigma = randomNoiseMaps(3, 32, 1.5, new Random(2, 0, 'maps'));
  const noisy = noisyView(x, sigma, eps);
  expectWeightGradient(() => calibrationLoss(embed(x), student(noisy)), [weights]);
});
