/**
 * @file U2-Net (Qin, Zhang, Huang, Dehghan, Zaiane and Jagersand: U2-Net: Going deeper with nested U-structure for salient
 * object detection, Pattern Recognition 106, 2020): a U-Net of residual U-blocks, with a side output a stage that are
 * fused at the end. The paper's mask model. We take the fused output, before its sigmoid, as log-odds.
 */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { constant, convolve, heNormal, type NormalSource } from './layers';
import { resizeBilinear } from './resize';
import { concat, halve, type Pass, type RsuShape, rsu, rsuWeights } from './rsu';
import type { NamedArrays } from './spec';

const STAGES = 6;
/** The fusion begins near zero, so that training begins with noise spread evenly. */
const LAST_GAIN = 0.05;

export type U2NetSize = 'full' | 'small';

/** [middle, to] of the stages, going down and then up (Table 1 of the paper); the small one has 16 and 64 throughout. */
const WIDTHS: Record<U2NetSize, { down: [number, number][]; up: [number, number][] }> = {
  full: {
    down: [
      [32, 64],
      [32, 128],
      [64, 256],
      [128, 512],
      [256, 512],
      [256, 512],
    ],
    up: [
      [16, 64],
      [32, 64],
      [64, 128],
      [128, 256],
      [256, 512],
    ],
  },
  small: {
    down: Array.from({ length: STAGES }, () => [16, 64] as [number, number]),
    up: Array.from({ length: STAGES - 1 }, () => [16, 64] as [number, number]),
  },
};

/** RSU-7, -6, -5, -4, then two flat blocks, whose maps are too small to be halved again. */
const blockAt = (stage: number) =>
  stage < 4 ? { levels: 7 - stage, flat: false } : { levels: 4, flat: true };

function shapesOf(size: U2NetSize): { down: RsuShape[]; up: RsuShape[] } {
  const { down, up } = WIDTHS[size];
  return {
    down: down.map(([middle, to], i) => ({ ...blockAt(i), from: i === 0 ? 3 : down[i - 1]![1], middle, to })),
    up: up.map(([middle, to], i) => {
      const below = i === STAGES - 2 ? down[STAGES - 1]![1] : up[i + 1]![1];
      return { ...blockAt(i), from: below + down[i]![1], middle, to };
    }),
  };
}

/** Channels that the side output of every stage is made from. */
function sidesOf(size: U2NetSize): number[] {
  const { down, up } = shapesOf(size);
  return [...up.map(({ to }) => to), down[STAGES - 1]!.to];
}

export function u2netWeights(size: U2NetSize, random: NormalSource): NamedArrays {
  const { down, up } = shapesOf(size);
  const weights: NamedArrays = {};
  for (const [i, shape] of down.entries()) Object.assign(weights, rsuWeights(`stage${i + 1}`, shape, random));
  for (const [i, shape] of up.entries()) Object.assign(weights, rsuWeights(`up${i + 1}`, shape, random));
  for (const [i, from] of sidesOf(size).entries()) {
    weights[`side${i + 1}.filter`] = heNormal([3, 3, from, 1], random);
    weights[`side${i + 1}.bias`] = constant(1, 0);
  }
  weights['fused.filter'] = heNormal([1, 1, STAGES, 1], random, LAST_GAIN);
  weights['fused.bias'] = constant(1, 0);
  return weights;
}

/** @param x [batch, height, width, 3], any size @returns [batch, height, width, 1] */
export function u2net(pass: Pass, size: U2NetSize, x: Tensor4D): Tensor4D {
  const { down, up } = shapesOf(size);
  const levels: Tensor4D[] = [];
  let y = x;
  for (const [i, shape] of down.entries()) {
    if (i > 0) y = halve(y);
    y = rsu(pass, `stage${i + 1}`, shape, y);
    levels.push(y);
  }
  const stages: Tensor4D[] = [y];
  for (let i = STAGES - 2; i >= 0; i--) {
    const beside = levels[i]!;
    const joined = concat(resizeBilinear(y, beside.shape[1], beside.shape[2]), beside);
    y = rsu(pass, `up${i + 1}`, up[i]!, joined);
    stages.unshift(y);
  }
  const [, height, width] = x.shape;
  const sides = stages.map((stage, i) => resizeBilinear(plain(pass, `side${i + 1}`, stage), height, width));
  return plain(pass, 'fused', tf.concat(sides, 3) as Tensor4D);
}

function plain({ parameters }: Pass, name: string, x: Tensor4D): Tensor4D {
  const { trained } = parameters;
  return convolve(x, trained.get<Tensor4D>(`${name}.filter`), trained.get<Tensor1D>(`${name}.bias`));
}
