/**
 * @file TensorFlow.js' wasm backend as it comes, able to train: the one gradient it lacks that would be hopelessly slow
 * in plain JavaScript, that of a convolution's filter, is put together from its own operations; the others run on the
 * cpu backend. What a program gets that adds nothing more.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../../src/main/engine/tf';
import { registerCpuFallbacks } from '../../src/main/engine/wasm/cpuFallback';

interface FilterGradient {
  inputs: { x: Tensor4D; dy: Tensor4D };
  attrs: { strides: number | [number, number]; pad: never; filterShape: [number, number, number, number] };
}

export async function startPlainWasm(): Promise<void> {
  const require = createRequire(import.meta.url);
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ((call: FilterGradient) => filterGradient(call)) as never,
  });
  registerCpuFallbacks();
  await tf.setBackend('wasm');
  await tf.ready();
}

/** dL/dw as a convolution of x with dy, in which channels and images have changed places. */
function filterGradient({ inputs, attrs: { strides, pad, filterShape } }: FilterGradient): Tensor4D {
  const tensor = (info: Tensor4D) => tf.engine().makeTensorFromTensorInfo(info) as Tensor4D;
  const [x, dy] = [tensor(inputs.x), tensor(inputs.dy)];
  const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    'floor',
  );
  const [height, width] = filterShape;
  const turned = tf.conv2d(
    x.transpose([3, 1, 2, 0]) as Tensor4D,
    dy.transpose([1, 2, 0, 3]) as Tensor4D,
    1,
    [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ],
    'NHWC',
    [strideHeight, strideWidth],
  );
  return turned.slice([0, 0, 0, 0], [-1, height, width, -1]).transpose([1, 2, 0, 3]) as Tensor4D;
}
