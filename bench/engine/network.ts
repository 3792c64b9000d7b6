/**
 * @file The step that the engines are compared by, as a mask model is trained: a U-Net predicts the logarithm of a
 * noise variance for every pixel, a frozen ResNet-18 embeds the image with that noise, NT-Xent draws the embedding to
 * the clean image's, Adam updates the U-Net. network.py is the same in PyTorch.
 */
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../../src/main/engine/onnx/types';
import { repeated } from '../../src/main/engine/repeated';
import { AdamW } from '../../src/main/models/optimizer';

export interface Case {
  size: number;
  batch: number;
}

export interface Weights {
  shape: number[];
  values: Float32Array;
}

const BASE = 24;
const TEMPERATURE = 0.5;
/** How much the entropy of the noise counts beside the contrastive loss. */
const ENTROPY_WEIGHT = 0.05;
/** Length of the learning rate's cycle; no run makes so many. */
const STEPS = 2000;
const LEARNING_RATE = 1e-4;

/** Standard normals from a seed (mulberry32 and the Box-Muller transform). */
export function normals(count: number, seed: number, scale = 1): Float32Array {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return scale * radius * Math.cos(2 * Math.PI * uniform());
  });
}

/** A convolution: name, window, channels in and out; for the encoder also stride and pad. */
type Layer = [name: string, window: number, from: number, to: number, stride?: number, pad?: number];

function unetLayers(): Layer[] {
  const [a, b, c, d] = [BASE, 2 * BASE, 4 * BASE, 8 * BASE] as const;
  const pair = (name: string, from: number, to: number): Layer[] => [
    [`${name}a`, 3, from, to],
    [`${name}b`, 3, to, to],
  ];
  return [
    ...pair('down1', 3, a),
    ...pair('down2', a, b),
    ...pair('down3', b, c),
    ...pair('bottom', c, d),
    ...pair('up3', d + c, c),
    ...pair('up2', c + b, b),
    ...pair('up1', b + a, a),
    ['head', 1, a, 1],
  ];
}

function encoderLayers(): Layer[] {
  const layers: Layer[] = [['stem', 7, 3, 64, 2, 3]];
  let from = 64;
  for (const [stage, to] of [64, 128, 256, 512].entries())
    for (let block = 0; block < 2; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      layers.push(
        [`stage${stage}${block}a`, 3, from, to, stride, 1],
        [`stage${stage}${block}b`, 3, to, to, 1, 1],
      );
      if (stride === 2) layers.push([`stage${stage}${block}skip`, 1, from, to, 2, 0]);
      from = to;
    }
  return layers;
}

function initial(layers: Layer[], seed: number, gain: (name: string) => number): Record<string, Weights> {
  const weights: Record<string, Weights> = {};
  for (const [index, [name, window, from, to]] of layers.entries()) {
    const fanIn = window * window * from;
    const values = normals(fanIn * to, seed + index, Math.sqrt(gain(name) / fanIn));
    weights[`${name}_w`] = { shape: [window, window, from, to], values };
    weights[`${name}_b`] = { shape: [to], values: normals(to, seed + 500 + index, 0.01) };
  }
  return weights;
}

/** Weights that both engines begin with. */
export function initialWeights() {
  return {
    unet: initial(unetLayers(), 1, (name) => (name === 'head' ? 0.02 : 2)),
    encoder: initial(encoderLayers(), 1000, (name) => (name.endsWith('b') ? 0.5 : 2)),
  };
}

export function batchOf({ size, batch }: Case, index: number): { image: Float32Array; noise: Float32Array } {
  const count = batch * size * size * 3;
  return { image: normals(count, 77 + index), noise: normals(count, 770 + index) };
}

export interface Network {
  variables: Record<string, Variable>;
  embed(image: Tensor4D): Tensor2D;
  unet(image: Tensor4D): Tensor4D;
  loss(image: Tensor4D, noise: Tensor4D, clean: Tensor2D): Tensor;
  /** One update. @returns the loss */
  step(image: Tensor4D, noise: Tensor4D, clean: Tensor2D): Tensor;
}

export function createNetwork(tf: Tf, { size, batch }: Case): Network {
  const weights = initialWeights();
  const tensors = (group: Record<string, Weights>) =>
    Object.entries(group).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)] as const);
  const variables = Object.fromEntries(
    tensors(weights.unet).map(([name, tensor]) => [name, tf.variable(tensor, true, name)]),
  );
  const frozen = Object.fromEntries(
    tensors(weights.encoder).map(([name, tensor]) => [name, tf.keep(tensor)]),
  );

  const convolve = (x: Tensor, name: string) =>
    tf
      .conv2d(x as Tensor4D, variables[`${name}_w`] as Variable<never>, 1, 'same')
      .add(variables[`${name}_b`]!);
  const pair = (x: Tensor, name: string) => convolve(convolve(x, `${name}a`).relu(), `${name}b`).relu();
  const halve = (x: Tensor) => tf.maxPool(x as Tensor4D, 2, 2, 'valid');
  const enlarge = (x: Tensor, length: number) =>
    tf.image.resizeBilinear(x as Tensor4D, [length, length], false, true);
  const unet = (image: Tensor4D): Tensor4D => {
    const one = pair(image, 'down1');
    const two = pair(halve(one), 'down2');
    const three = pair(halve(two), 'down3');
    const bottom = pair(halve(three), 'bottom');
    const upThree = pair(tf.concat([enlarge(bottom, size / 4), three], 3), 'up3');
    const upTwo = pair(tf.concat([enlarge(upThree, size / 2), two], 3), 'up2');
    return convolve(pair(tf.concat([enlarge(upTwo, size), one], 3), 'up1'), 'head') as Tensor4D;
  };

  const layers = new Map(encoderLayers().map((layer) => [layer[0], layer]));
  const frozenConvolve = (x: Tensor, name: string) => {
    const [, , , , stride, pad] = layers.get(name)!;
    return tf
      .conv2d(x as Tensor4D, frozen[`${name}_w`] as Tensor4D, stride!, pad!, 'NHWC', 1, 'floor')
      .add(frozen[`${name}_b`]!);
  };
  const embed = (image: Tensor4D): Tensor2D => {
    let y: Tensor = tf.maxPool(frozenConvolve(image, 'stem').relu() as Tensor4D, 3, 2, 1, 'floor');
    for (let stage = 0; stage < 4; stage++)
      for (let block = 0; block < 2; block++) {
        const name = `stage${stage}${block}`;
        const inner = frozenConvolve(frozenConvolve(y, `${name}a`).relu(), `${name}b`);
        y = inner.add(layers.has(`${name}skip`) ? frozenConvolve(y, `${name}skip`) : y).relu();
      }
    return y.mean([1, 2]);
  };

  const unit = (z: Tensor) => z.div(z.square().sum(1, true).add(1e-12).sqrt());
  const self = tf.keep(tf.eye(2 * batch).mul(1e9));
  const partner = [...Array(2 * batch).keys()].map((i) => (i + batch) % (2 * batch));
  const positive = tf.keep(tf.oneHot(tf.tensor1d(partner, 'int32'), 2 * batch).cast('float32'));
  const loss = (image: Tensor4D, noise: Tensor4D, clean: Tensor2D) => {
    const logVariance = unet(image).maximum(-10).minimum(4);
    const noisy = embed(image.add(logVariance.mul(0.5).exp().mul(noise)) as Tensor4D);
    const z = tf.concat([unit(clean), unit(noisy)], 0) as Tensor2D;
    const similarity = tf.matMul(z, z, false, true).div(TEMPERATURE).sub(self);
    const contrast = tf
      .logSoftmax(similarity as Tensor2D)
      .mul(positive)
      .sum()
      .div(-2 * batch);
    return contrast.sub(logVariance.mean().mul(ENTROPY_WEIGHT));
  };

  const optimizer = new AdamW(Object.values(variables), { learningRate: LEARNING_RATE, steps: STEPS });
  let made = 0;
  const update = repeated(([image, noise, clean, ...pace]) => [
    optimizer.minimiseAt(pace as Scalar[], () =>
      loss(image as Tensor4D, noise as Tensor4D, clean as Tensor2D).asScalar(),
    ),
  ]);
  const step = (image: Tensor4D, noise: Tensor4D, clean: Tensor2D) => {
    const pace = optimizer.pace(made++);
    const [value] = update([image, noise, clean, ...pace]) as [Tensor];
    tf.dispose(pace);
    return value;
  };
  return { variables, embed, unet, loss, step };
}
