import type { EncoderSpec } from '../../models/spec';
import { Random } from '../../noise/random';

/**
 * The encoder with the numbers of every weight array in random order (model parameter randomisation, Adebayo et al.
 * 2018): it has forgotten what it knew, and its layers are as large as they were.
 */
export function randomised(encoder: EncoderSpec, seed: number): EncoderSpec {
  const weights = Object.entries(encoder.weights).map(([name, { shape, values }]) => {
    const order = new Random(seed, 0, `randomised ${name}`).permutation(values.length);
    return [name, { shape, values: Float32Array.from(order, (index) => values[index]!) }] as const;
  });
  return { ...encoder, weights: Object.fromEntries(weights) };
}
