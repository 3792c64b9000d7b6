/** @file What flows between operators: tensors with the gradient's way back, or whole numbers that decide about shapes. */
import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../../engine/tf';
import type { Attribute } from './read';

/** Numbers of the host: shapes, axes, indices. */
export interface Host {
  numbers: number[];
  shape: number[];
}
export type Value = Tensor | Host;

export const isHost = (value: Value): value is Host => 'numbers' in value;

/** Reads the attributes of a node; absent ones have a default. */
export class Attributes {
  constructor(readonly all: Readonly<Record<string, Attribute>>) {}

  number(name: string, otherwise: number): number {
    return (this.all[name] as number | undefined) ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return (this.all[name] as string | undefined) ?? otherwise;
  }

  numbers(name: string): number[] | undefined {
    const value = this.all[name];
    return value === undefined ? undefined : ([value].flat() as number[]);
  }
}

/** The inputs of a node; an optional one may be missing. */
export class Inputs {
  constructor(private readonly values: (Value | undefined)[]) {}

  get length(): number {
    return this.values.length;
  }

  has(index: number): boolean {
    return this.values[index] !== undefined;
  }

  value(index: number): Value {
    const value = this.values[index];
    if (!value) throw new Error(`its input ${index} is missing`);
    return value;
  }

  tensor(index: number): Tensor {
    return asTensor(this.value(index));
  }

  numbers(index: number): number[] {
    return numbersOf(this.value(index));
  }

  all(): Value[] {
    return this.values.filter((value) => value !== undefined);
  }
}

export function asTensor(value: Value): Tensor {
  return isHost(value) ? tf.tensor(value.numbers, value.shape, 'float32') : value;
}

/** @throws Error if the numbers depend on the image */
export function numbersOf(value: Value): number[] {
  if (!isHost(value)) throw new Error('it computes a shape from the image');
  return value.numbers;
}

export const host = (numbers: number[], shape: number[] = [numbers.length]): Host => ({ numbers, shape });

/** More values than any network makes of one image: a damaged file must not take all memory. */
const MOST_VALUES = 2 ** 28;

/** @returns how many values a tensor of that shape holds @throws Error if that cannot be meant */
export function sizeOf(shape: number[]): number {
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.some((length) => !Number.isInteger(length) || length < 0) || size > MOST_VALUES)
    throw new Error(`it makes a tensor of shape [${shape.join(', ')}]`);
  return size;
}

/** A node of one kind: from its inputs to its outputs. */
export type Operator = (
  inputs: Inputs,
  attributes: Attributes,
  context: { opset: number; outputs: number },
) => Value[];

/** An axis counted from the end is negative. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
