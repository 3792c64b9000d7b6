/** @file TensorFlow.js' types as this package uses them, and the few shapes of its own that every file knows. */
import type * as TensorFlow from '@tensorflow/tfjs';

export type { DataType, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';

/** The TensorFlow.js module that the backend registers with. */
export type Tf = typeof TensorFlow;

/** Element types that a tensor of ONNX Runtime can have here; strings and complex numbers stay in JavaScript. */
export type NumericType = 'float32' | 'int32' | 'bool';

export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** Execution providers of onnxruntime-node. */
export type OnnxDevice = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** The array that holds elements of each type; `bool` is one byte an element. */
export const ARRAY_OF = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export function allocate(dtype: NumericType, size: number): TypedArray {
  return new ARRAY_OF[dtype](size);
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

export function isNumeric(dtype: string): dtype is NumericType {
  return dtype in ARRAY_OF;
}
