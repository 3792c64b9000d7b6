/**
 * @file Residual U-blocks (RSU) of U2-Net (Qin et al. 2020, section 3.1): a small U-Net inside a residual block, so that
 * every stage of the large one sees several scales.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import { convolveDilated } from './dilation';
import { constant, heNormal, type NormalSource } from './layers';
import { resizeBilinear } from './resize';
import { type NormalisedParameters, normalisationWeights } from './runningStatistics';
import type { NamedArrays } from './spec';

export interface RsuShape {
  /** L of the paper's RSU-L: levels of the inner U-Net. */
  levels: number;
  /** RSU-4F: the inner levels keep the resolution, and dilation grows instead. */
  flat: boolean;
  from: number;
  middle: number;
  to: number;
}

/** One pass through a network with batch normalisation: which weights, and whether it is being trained. */
export interface Pass {
  parameters: NormalisedParameters;
  training: boolean;
}

interface Unit {
  name: string;
  from: number;
  to: number;
  dilation: number;
}

/** The convolutions of a block: into it, down its levels, and up again. */
function unitsOf({ levels, flat, from, middle, to }: RsuShape): { enter: Unit; down: Unit[]; up: Unit[] } {
  const inner = Array.from({ length: levels }, (_, i) => i + 1);
  const dilationAt = (level: number) => (flat ? 2 ** (level - 1) : level === levels ? 2 : 1);
  return {
    enter: { name: 'enter', from, to, dilation: 1 },
    down: inner.map((level) => ({
      name: `down${level}`,
      from: level === 1 ? to : middle,
      to: middle,
      dilation: dilationAt(level),
    })),
    up: inner
      .slice(0, -1)
      .reverse()
      .map((level) => ({
        name: `up${level}`,
        from: 2 * middle,
        to: level === 1 ? to : middle,
        dilation: flat ? dilationAt(level) : 1,
      })),
  };
}

export function rsuWeights(name: string, shape: RsuShape, random: NormalSource): NamedArrays {
  const { enter, down, up } = unitsOf(shape);
  const weights: NamedArrays = {};
  for (const unit of [enter, ...down, ...up]) {
    const key = `${name}.${unit.name}`;
    weights[`${key}.filter`] = heNormal([3, 3, unit.from, unit.to], random);
    weights[`${key}.bias`] = constant(unit.to, 0);
    Object.assign(weights, normalisationWeights(key, unit.to));
  }
  return weights;
}

/** @param x [batch, h, w, from] @returns [batch, h, w, to] */
export function rsu(pass: Pass, name: string, shape: RsuShape, x: Tensor4D): Tensor4D {
  const { enter, down, up } = unitsOf(shape);
  const apply = (unit: Unit, input: Tensor4D) => convolutionUnit(pass, `${name}.${unit.name}`, unit, input);
  const begin = apply(enter, x);
  const levels: Tensor4D[] = [];
  let y = begin;
  for (const [i, unit] of down.entries()) {
    // The last level is dilated in place of a further halving.
    if (!shape.flat && i > 0 && i < down.length - 1) y = halve(y);
    y = apply(unit, y);
    levels.push(y);
  }
  for (const [i, unit] of up.entries()) {
    const beside = levels[up.length - 1 - i]!;
    y = apply(unit, concat(resizeBilinear(y, beside.shape[1], beside.shape[2]), beside));
  }
  return y.add(begin) as Tensor4D;
}

/** Maximum over 2 x 2 pixels; an odd edge counts by itself (PyTorch's `ceil_mode`). */
export function halve(x: Tensor4D): Tensor4D {
  return tf.maxPool(x, 2, 2, 'same');
}

export function concat(a: Tensor, b: Tensor): Tensor4D {
  return tf.concat([a, b], 3) as Tensor4D;
}

/** Convolution, batch normalisation, ReLU. */
function convolutionUnit(
  { parameters, training }: Pass,
  name: string,
  { dilation }: Unit,
  x: Tensor4D,
): Tensor4D {
  const { trained } = parameters;
  const filter = trained.get<Tensor4D>(`${name}.filter`);
  const y = convolveDilated(x, filter, trained.get<Tensor1D>(`${name}.bias`), dilation);
  return parameters.normalise(name, y, training).relu();
}
