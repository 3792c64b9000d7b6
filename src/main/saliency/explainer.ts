/** @file Masks and attribution methods under one face: from images to maps. */
import type { Tensor4D } from '@tensorflow/tfjs';
import {
  DEFAULT_BUDGET,
  type MaskKind,
  type NoiseScale,
  noiseFraction,
  resample,
  saliencyTable,
} from '../../contract/noiseMap';
import type { MaskModel } from '../models/maskModel';
import type { Encoder } from '../models/types';
import { METHODS } from './methods';
import type { BlurredMethod } from './methods/blurred';
import type { Method, MethodOptions } from './methods/method';
import { targetOf } from './target';

export interface Explainer {
  id: string;
  title: string;
  /** Whether the map depends on the seed. */
  random: boolean;
  /** Its maps are made from those of another explainer, named here, by `refine`. */
  from?: {
    id: string;
    refine: (maps: Float32Array[], height: number, width: number) => Promise<Float32Array[]>;
  };
  /** @param x normalised images [batch, height, width, 3] @returns a map an image, larger = more important */
  explain(x: Tensor4D, seed: number): Promise<Float32Array[]>;
}

/** A trained mask at its default budget, in bits as maps are exported. */
export function maskExplainer(mask: MaskKind, model: MaskModel, scale: NoiseScale): Explainer {
  const bits = saliencyTable(mask, scale);
  return {
    ...{
      id: `${mask}-mask`,
      title: `${mask === 'positive' ? 'Positive' : 'Negative'} noise mask`,
      random: false,
    },
    async explain(x) {
      const [batch, height, width] = x.shape;
      const logOdds = model.mirroredLogOdds(x);
      const [, h, w] = logOdds.shape;
      const values = await logOdds.data<'float32'>();
      logOdds.dispose();
      return Array.from({ length: batch }, (_, i) => {
        const grid = { width: w, height: h, values: values.slice(i * h * w, (i + 1) * h * w) };
        const full = resample(grid, width, height);
        return noiseFraction(full, DEFAULT_BUDGET[mask]).values.map(bits);
      });
    },
  };
}

/** The baselines that can be computed for this encoder. */
export function methodExplainers(encoder: Encoder, breathe: MethodOptions['breathe']): Explainer[] {
  return METHODS.filter(({ worksFor }) => worksFor?.(encoder) ?? true).map((method) =>
    methodExplainer(method, encoder, breathe),
  );
}

function methodExplainer(method: Method, encoder: Encoder, breathe: MethodOptions['breathe']): Explainer {
  const { id, title, random = false } = method;
  const { sharp, blur } = method as Partial<BlurredMethod>;
  return {
    ...{ id, title, random },
    ...(sharp && blur ? { from: { id: sharp.id, refine: blur } } : {}),
    async explain(x, seed) {
      const target = targetOf(encoder, x);
      try {
        return await method.compute(encoder, x, { target, seed, breathe });
      } finally {
        target.dispose();
      }
    },
  };
}
