import type { Tensor, Variable } from '@tensorflow/tfjs';
import { tf } from '../engine/tf';
import type { NamedArrays } from './spec';

/** The weights of a model by name, in a fixed order. */
export class Parameters {
  readonly #variables = new Map<string, Variable>();

  constructor(arrays: NamedArrays) {
    for (const [name, { shape, values }] of Object.entries(arrays)) {
      const initial = tf.tensor(values, shape, 'float32');
      this.#variables.set(name, tf.variable(initial));
      initial.dispose();
    }
  }

  get<T extends Tensor = Tensor>(name: string): T {
    const variable = this.#variables.get(name);
    if (!variable) throw new Error(`the model has no weights named "${name}"`);
    return variable as unknown as T;
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  get variables(): Variable[] {
    return [...this.#variables.values()];
  }

  async arrays(): Promise<NamedArrays> {
    const arrays: NamedArrays = {};
    for (const [name, variable] of this.#variables)
      arrays[name] = { shape: [...variable.shape], values: await copyOf(variable) };
    return arrays;
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }
}

/** The values of a tensor, never a view into the memory of the backend. */
export async function copyOf(tensor: Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data<'float32'>());
}
