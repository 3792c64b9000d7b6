import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ObjectiveName } from '../../../src/contract/types';
import { tf } from '../../../src/main/engine/tf';
import { calibrationLoss } from '../../../src/main/noise/calibration';
import { distanceOf, maskLoss, ntXent, relationalDistance } from '../../../src/main/noise/objectives';
import { expectGradient, normalTensor } from './finiteDifferences';

await tf.setBackend('cpu');

const clean = tf.tensor2d([
  [1, 2, -1],
  [0.5, -1, 2],
  [-1, 0.3, 0.7],
]);
const noisy = tf.tensor2d([
  [0.8, 2.2, -0.5],
  [1, -0.5, 1],
  [0, 0.5, 1],
]);
const value = (x: Scalar): number => x.dataSync()[0]!;

/** From PyTorch 1.13: cross_entropy over the 2N similarities, cosine_similarity, mse_loss, kl_div of log_softmax. */
const PYTORCH: Record<ObjectiveName, { loss: number; gradient: number[] }> = {
  relational: {
    loss: -1.621087,
    gradient: [-0.006323, 0.00387, 0.006909, 0.038636, -0.011077, -0.044175, 3.62015, -2.086522, 1.043261],
  },
  'nt-xent': {
    loss: 0.252402,
    gradient: [-0.007085, 0.010567, 0.035159, 0.017688, 0.126737, 0.04568, 0.709673, -0.31013, 0.155065],
  },
  'centred-cosine': {
    loss: -1.95986,
    gradient: [-0.368318, 0.735748, 0.999894, 0.503125, 0.167344, -0.607115, 1.052921, 0.221952, 0.370823],
  },
  'log-cosine': {
    loss: -2.190322,
    gradient: [-0.416409, 0.384377, 1.025006, 0.635741, 0.254296, -0.508593, 0.600224, 0.024009, -0.012005],
  },
  cosine: {
    loss: 0.18339,
    gradient: [-0.011608, 0.010715, 0.028574, 0.080821, 0.032329, -0.064657, 0.237189, 0.009488, -0.004744],
  },
  mse: {
    loss: 0.328889,
    gradient: [-0.044444, 0.044444, 0.111111, 0.111111, 0.111111, -0.222222, 0.222222, 0.044444, 0.066667],
  },
  kl: {
    loss: 0.094601,
    gradient: [-0.023933, 0.018588, 0.005345, 0.091509, 0.020418, -0.111927, 0.029245, -0.018184, -0.011061],
  },
};

describe.each(Object.keys(PYTORCH) as ObjectiveName[])('%s', (objective) => {
  const distance = (z: unknown) => distanceOf(objective, clean, z as Tensor2D, 0.2);

  test('equals PyTorch, value and gradient', () => {
    const { loss, gradient } = PYTORCH[objective];
    expect(value(distance(noisy))).toBeCloseTo(loss, 5);
    const ours = tf.grad(distance)(noisy).dataSync();
    for (const [i, expected] of gradient.entries()) expect(ours[i]).toBeCloseTo(expected, 5);
  });

  test('gradient by finite differences', () => {
    expectGradient(distance, normalTensor([3, 3], 3));
  });

  test('the positive mask minimises it, the negative mask maximises it', () => {
    expect(value(maskLoss('positive', objective, clean, noisy, 0.2))).toBeCloseTo(PYTORCH[objective].loss, 5);
    expect(value(maskLoss('negative', objective, clean, noisy, 0.2))).toBeCloseTo(
      -PYTORCH[objective].loss,
      5,
    );
  });
});

describe('relational distance', () => {
  test('by hand: two orthogonal images, of which one becomes the other', () => {
    const images = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const swapped = tf.tensor2d([
      [1, 0],
      [2, 0],
    ]);
    // p = (e, 1) / (e + 1) turned round costs (e - 1) / (e + 1) nats; the first image costs none.
    const e = Math.exp(1 / 0.5);
    const expected = ((e - 1) / (e + 1)) * (1 / 0.5) * 0.5;
    expect(value(relationalDistance(images, swapped, 0.5))).toBeCloseTo(expected, 5);
  });

  test('is zero where nothing moves, whatever the length, and never negative', () => {
    expect(value(relationalDistance(clean, clean.mul(3) as Tensor2D, 0.2))).toBeCloseTo(0, 6);
    for (let seed = 0; seed < 20; seed++)
      expect(value(relationalDistance(clean, normalTensor([3, 3], seed), 0.2))).toBeGreaterThan(0);
  });

  test('its objective takes the logarithm: half the distance is worth the same at every distance', () => {
    const near = (share: number) => clean.mul(1 - share).add(noisy.mul(share)) as Tensor2D;
    const far = value(relationalDistance(clean, near(0.5), 0.2));
    const close = value(relationalDistance(clean, near(0.2), 0.2));
    const difference =
      value(distanceOf('relational', clean, near(0.5), 0.2)) -
      value(distanceOf('relational', clean, near(0.2), 0.2));
    expect(difference).toBeCloseTo(Math.log(far / close), 2);
  });
});

test('the centred cosine distance does not see what all embeddings share', () => {
  const moved = (z: Tensor2D) => z.add([5, 3, 9]) as Tensor2D;
  expect(value(distanceOf('centred-cosine', moved(clean), moved(noisy), 0.2))).toBeCloseTo(
    PYTORCH['centred-cosine'].loss,
    4,
  );
});

describe('NT-Xent', () => {
  test('by hand: two orthogonal pairs, each view meets its partner at 1 and two others at 0', () => {
    const views = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const expected = Math.log(Math.exp(1 / 0.5) + 2) - 1 / 0.5;
    expect(value(ntXent(views, views, 0.5))).toBeCloseTo(expected, 5);
  });

  test('does not see the length of embeddings', () => {
    expect(value(ntXent(clean, noisy.mul(7) as Tensor2D, 0.2))).toBeCloseTo(PYTORCH['nt-xent'].loss, 5);
  });

  test('of one image is constant, so cosine distance takes its place', () => {
    const [one, other] = [clean.slice([0, 0], [1, 3]), noisy.slice([0, 0], [1, 3])] as [Tensor2D, Tensor2D];
    const frozen = tf.grad((z) => ntXent(one, z as Tensor2D, 0.2))(other);
    expect(frozen.abs().max().dataSync()[0]).toBeLessThan(1e-6);
    const cosine = value(distanceOf('cosine', one, other, 0.2));
    expect(value(distanceOf('nt-xent', one, other, 0.2))).toBeCloseTo(cosine, 7);
    expect(value(distanceOf('relational', one, other, 0.2))).toBeCloseTo(cosine, 7);
    expect(value(distanceOf('centred-cosine', one, other, 0.2))).toBeCloseTo(cosine, 7);
  });
});

describe('calibration loss', () => {
  test('is cosine distance + 0.2 MSE / mean square (PyTorch 1.13)', () => {
    expect(value(calibrationLoss(clean, noisy))).toBeCloseTo(0.229532, 5);
  });

  test('gradient by finite differences', () => {
    expectGradient((z) => calibrationLoss(clean, z as Tensor2D), normalTensor([3, 3], 4));
  });

  test('is zero for a student that answers as its teacher', () => {
    expect(value(calibrationLoss(clean, clean))).toBeCloseTo(0, 5);
  });
});
