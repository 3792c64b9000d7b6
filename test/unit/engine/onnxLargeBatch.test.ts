import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { tf } from '../../../src/main/engine/tf';
import { onnx, values } from './onnxSupport';

describe('the gradient of a filter', () => {
  it("of a large batch, computed image by image, is the sum of its images'", async () => {
    await tf.setBackend(onnx.name);
    const [length, channels] = [112, 48];
    const filter = values([3, 3, channels, channels], 1) as Tensor4D;
    const x = values([2, length, length, channels], 2) as Tensor4D;
    const gradient = (images: Tensor4D) =>
      tf.grad((w: Tensor) =>
        tf
          .conv2d(images, w as Tensor4D, 1, 'same')
          .square()
          .mean([1, 2, 3])
          .sum(),
      )(filter);
    const error = tf.tidy(() => {
      const [whole, first, second] = [x, ...tf.split(x, 2)].map((images) => gradient(images as Tensor4D));
      return whole!.sub(first!.add(second!)).abs().max().div(whole!.abs().max()).dataSync()[0]!;
    });
    expect(error).toBeLessThan(1e-5);
    tf.dispose([filter, x]);
  });
});
