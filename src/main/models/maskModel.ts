import type { Tensor4D, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { NormalSource } from './layers';
import { Parameters } from './parameters';
import type { MaskModelSpec, NamedArrays } from './spec';
import { unet, unetWeights } from './unet';

/** M: image -> one value a a pixel, from which a budget makes a noise map (contract/noiseMap). */
export interface MaskModel {
  readonly variables: Variable[];
  /** @param x normalised images [batch, height, width, 3] @returns a, [batch, height / 4, width / 4, 1] */
  logOdds(x: Tensor4D): Tensor4D;
  weights(): Promise<NamedArrays>;
  dispose(): void;
}

/** An untrained mask model. @param channels of its levels, multiples of four */
export function createMaskModel(channels: number[], random: NormalSource): MaskModel {
  return build(channels, unetWeights(channels, random));
}

export function maskModelFromSpec(spec: Pick<MaskModelSpec, 'channels' | 'weights'>): MaskModel {
  return build(spec.channels, spec.weights);
}

function build(channels: number[], weights: NamedArrays): MaskModel {
  const parameters = new Parameters(weights);
  return {
    variables: parameters.variables,
    logOdds: (x) => tf.tidy(() => unet(parameters, channels, x)),
    weights: () => parameters.arrays(),
    dispose: () => parameters.dispose(),
  };
}
