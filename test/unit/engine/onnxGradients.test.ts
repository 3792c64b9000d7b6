import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { describe, it } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { expectAsOnCpu, expectGradients, values } from './onnxSupport';

const grads = (run: (...xs: Tensor[]) => Tensor, shapes: number[][]) => () =>
  tf.grads((...xs: Tensor[]) =>
    run(...xs)
      .square()
      .sum(),
  )(shapes.map((shape, i) => values(shape, 3 + i)));

describe('convolution and its gradients', () => {
  type Pad = 'same' | 'valid' | number;
  const cases: [string, number[], number[], number | [number, number], Pad][] = [
    ['3x3', [2, 7, 9, 3], [3, 3, 3, 5], 1, 'same'],
    ['3x3 with fewer channels out', [2, 8, 8, 5], [3, 3, 5, 3], 1, 'same'],
    ['3x3 with many channels in', [2, 6, 8, 6], [3, 3, 6, 1], 1, 'same'],
    ['3x3 with many channels out', [2, 6, 8, 1], [3, 3, 1, 6], 1, 'same'],
    ['3x3 without pads', [2, 6, 8, 3], [3, 3, 3, 4], 1, 'valid'],
    ['3x3 with stride 2, even', [2, 8, 8, 3], [3, 3, 3, 5], 2, 'same'],
    ['3x3 with stride 2, odd', [2, 9, 7, 3], [3, 3, 3, 5], 2, 'same'],
    ['3x3 with stride 2 and pad 1', [2, 8, 8, 3], [3, 3, 3, 5], 2, 1],
    ['5x4 without pads', [2, 9, 9, 3], [5, 4, 3, 2], 1, 'valid'],
    ['5x3 with pad 3', [1, 6, 6, 2], [5, 3, 2, 3], 1, 3],
    ['1x1', [2, 6, 5, 3], [1, 1, 3, 4], 1, 'same'],
    ['1x1 with stride 2', [2, 6, 6, 3], [1, 1, 3, 4], 2, 'same'],
    ['7x7 with stride 2', [1, 15, 15, 3], [7, 7, 3, 4], 2, 3],
    ['3x3 with strides 2 and 1', [1, 8, 8, 2], [3, 3, 2, 3], [2, 1], 'same'],
  ];
  for (const [name, x, filter, strides, pad] of cases)
    it(name, async () => {
      const round = typeof pad === 'number' ? 'floor' : undefined;
      const run = (a: Tensor, w: Tensor) =>
        tf.conv2d(a as Tensor4D, w as Tensor4D, strides, pad, 'NHWC', 1, round);
      await expectAsOnCpu(() => run(values(x, 1), values(filter, 2)));
      await expectAsOnCpu(grads(run, [x, filter]));
      await expectGradients(run, [x, filter]);
    });
});

describe('depthwise convolution and its gradients', () => {
  const cases: [string, number[], number[], number, 'same' | 'valid' | number, number][] = [
    ['3x3', [2, 7, 6, 4], [3, 3, 4, 1], 1, 'same', 1],
    ['3x3 with multiplier 2', [2, 7, 6, 3], [3, 3, 3, 2], 1, 'same', 1],
    ['3x3 with multiplier 6', [2, 6, 6, 4], [3, 3, 4, 6], 1, 'same', 1],
    ['3x3 with multiplier 5 and stride 2', [1, 8, 6, 4], [3, 3, 4, 5], 2, 'same', 1],
    ['3x3 with stride 2', [2, 8, 8, 4], [3, 3, 4, 1], 2, 'same', 1],
    ['3x3 with stride 2, odd', [1, 9, 7, 4], [3, 3, 4, 2], 2, 'same', 1],
    ['3x3 without pads, stride 2', [1, 8, 8, 2], [3, 3, 2, 1], 2, 'valid', 1],
    ['5x5', [1, 8, 8, 2], [5, 5, 2, 1], 1, 'same', 1],
    ['3x3 with dilation 2', [1, 8, 8, 2], [3, 3, 2, 1], 1, 'same', 2],
  ];
  for (const [name, x, filter, stride, pad, dilation] of cases)
    it(name, async () => {
      const run = (a: Tensor, w: Tensor) =>
        tf.depthwiseConv2d(a as Tensor4D, w as Tensor4D, stride, pad, 'NHWC', dilation);
      await expectAsOnCpu(() => run(values(x, 1), values(filter, 2)));
      // TensorFlow.js has no gradient of dilated depthwise convolutions.
      if (dilation > 1) return;
      await expectAsOnCpu(grads(run, [x, filter]));
      await expectGradients(run, [x, filter]);
    });
});

describe('pooling and its gradients', () => {
  for (const kind of ['maxPool', 'avgPool'] as const)
    for (const [size, stride, pad, length] of [
      [2, 2, 'valid', 8],
      [2, 2, 'same', 7],
      [3, 2, 'same', 8],
      [3, 1, 'same', 6],
      [3, 2, 'valid', 8],
      [7, 7, 'valid', 7],
    ] as const)
      it(`${kind} ${size}/${stride} ${pad} of ${length}`, async () => {
        const run = (x: Tensor) => tf[kind](x as Tensor4D, size, stride, pad);
        await expectAsOnCpu(() => run(values([2, length, length, 3])));
        // The cpu backend's gradient of average pooling counts pads, which its forward pass does not.
        if (kind === 'maxPool') await expectAsOnCpu(grads(run, [[2, length, length, 3]]));
        await expectGradients(run, [[2, length, length, 2]]);
      });
});

describe('resizing and its gradients', () => {
  for (const [height, width] of [
    [12, 12],
    [3, 9],
    [11, 7],
  ] as const)
    for (const [alignCorners, halfPixel] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      const flags = `${alignCorners ? ' aligned' : ''}${halfPixel ? ' half pixels' : ''}`;
      it(`bilinear to ${height}x${width}${flags}`, async () => {
        const run = (x: Tensor) =>
          tf.image.resizeBilinear(x as Tensor4D, [height, width], alignCorners, halfPixel);
        await expectAsOnCpu(() => run(values([2, 6, 5, 3])));
        await expectGradients(run, [[2, 6, 5, 2]]);
      });
      it(`nearest to ${height}x${width}${flags}`, async () => {
        const run = (x: Tensor) =>
          tf.image.resizeNearestNeighbor(x as Tensor4D, [height, width], alignCorners, halfPixel);
        await expectAsOnCpu(() => run(values([2, 6, 5, 3])));
        await expectGradients(run, [[2, 6, 5, 2]]);
      });
    }
});

describe('compositions', () => {
  it('batch normalisation by moments', async () => {
    await expectAsOnCpu(
      grads(
        (x, gain, offset) => {
          const { mean, variance } = tf.moments(x, [0, 1, 2]);
          return tf.batchNorm(
            x as Tensor4D,
            mean as never,
            variance as never,
            offset as never,
            gain as never,
            1e-3,
          );
        },
        [[2, 6, 5, 3], [3], [3]],
      ),
      1e-4,
    );
  });
  it('group normalisation by moments', async () => {
    await expectAsOnCpu(
      grads(
        (x, filter, gain) => {
          const y = tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, 'same').reshape([2, 4, 4, 2, 4]);
          const { mean, variance } = tf.moments(y, [1, 2, 4], true);
          return y.sub(mean).mul(variance.add(1e-5).rsqrt()).reshape([2, 4, 4, 8]).mul(gain).relu();
        },
        [[2, 8, 8, 3], [3, 3, 3, 8], [8]],
      ),
      1e-4,
    );
  });
  // The cpu backend's gradient of nearest-neighbour resizing is wrong for all images but the first.
  it('concatenation after an up-sampling', async () => {
    await expectGradients(
      (x, skip, filter) => {
        const up = tf.image.resizeNearestNeighbor(x as Tensor4D, [8, 8]);
        return tf.conv2d(tf.concat([up, skip as Tensor4D], 3), filter as Tensor4D, 1, 'same').softplus();
      },
      [
        [2, 4, 4, 3],
        [2, 8, 8, 2],
        [3, 3, 5, 4],
      ],
    );
  });
  it('convolution, bias and ReLU with a residual', async () => {
    await expectAsOnCpu(
      grads(
        (x, filter, bias) => {
          const y = tf
            .conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same')
            .add(bias)
            .relu();
          return tf
            .conv2d(y as Tensor4D, filter as Tensor4D, 1, 'same')
            .add(bias)
            .add(x)
            .relu()
            .mean([1, 2]);
        },
        [[2, 6, 6, 4], [3, 3, 4, 4], [4]],
      ),
    );
  });
  it('NT-Xent', async () => {
    await expectAsOnCpu(
      grads(
        (a, b) => {
          const z = tf.concat([a, b]);
          const n = z.div(z.square().sum(1, true).add(1e-12).sqrt());
          const similarity = tf
            .matMul(n as never, n as never, false, true)
            .div(0.5)
            .sub(tf.eye(8).mul(1e9));
          const positive = tf.oneHot(tf.tensor1d([4, 5, 6, 7, 0, 1, 2, 3], 'int32'), 8);
          return tf.logSoftmax(similarity).mul(positive).sum().neg().div(8);
        },
        [
          [4, 16],
          [4, 16],
        ],
      ),
    );
  });
  it('softmax cross entropy', async () => {
    const labels = () => tf.oneHot(tf.tensor1d([1, 0, 2, 1], 'int32'), 3);
    await expectAsOnCpu(grads((logits) => tf.losses.softmaxCrossEntropy(labels(), logits), [[4, 3]]));
  });
  it('a gradient written by hand', async () => {
    await expectAsOnCpu(() => {
      const cube = tf.customGrad((x) => {
        const t = x as Tensor;
        return { value: t.mul(t).mul(t), gradFunc: (dy: Tensor) => [dy.mul(3).mul(t.square())] };
      });
      return tf.grad((x) => cube(x).sum())(values([3, 4]));
    });
  });
  it('a transposed convolution', async () => {
    const run = (x: Tensor, filter: Tensor) =>
      tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, [2, 9, 9, 4], 2, 'same');
    await expectAsOnCpu(
      grads(run, [
        [2, 5, 5, 3],
        [3, 3, 4, 3],
      ]),
    );
  });
});
