import { expect, test } from 'vitest';
import { PenumbraError } from '../../../src/contract/errors';
import { deserialise, serialise } from '../../../src/main/models/serialise';
import type { MaskModelSpec } from '../../../src/main/models/spec';

const spec: MaskModelSpec = {
  channels: [4, 8],
  size: 16,
  normalisation: { mean: [1.5, 2, 3], std: 50 },
  scale: { sigmaMin: 0.02, sigmaMax: 1.5, pixelScale: 50 },
  weights: {
    first: { shape: [2, 2], values: Float32Array.from([1, -2.5, Math.fround(Math.PI), 1e-30]) },
    'ünïcode ✓': { shape: [0], values: new Float32Array() },
    last: { shape: [3], values: Float32Array.from([Number.NaN, Number.POSITIVE_INFINITY, -0]) },
  },
};

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    deserialise(bytes);
  } catch (error) {
    return error instanceof PenumbraError ? error.code : `unexpected: ${error}`;
  }
  return undefined;
}

test('a model comes back equal in every bit', () => {
  expect(deserialise(serialise(spec))).toEqual(spec);
  const checkpoint = { step: 7, arrays: spec.weights, state: { best: 0.5, seen: [1, 2] } };
  expect(deserialise(serialise(checkpoint))).toEqual(checkpoint);
});

test('bytes may begin anywhere in memory', () => {
  const bytes = serialise(spec);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(deserialise(shifted.subarray(3))).toEqual(spec);
});

test('every way of being damaged is one clear error', () => {
  const bytes = serialise(spec);
  for (let length = 0; length < bytes.length; length += 5)
    expect(codeOf(bytes.subarray(0, length)), `cut at ${length}`).toBe('PROJECT_UNREADABLE');
  const changed = (at: number, value: number) => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };
  expect(codeOf(changed(0, 65))).toBe('PROJECT_UNREADABLE');
  expect(codeOf(changed(4, 9))).toBe('PROJECT_UNREADABLE');
  expect(codeOf(changed(8, 255))).toBe('PROJECT_UNREADABLE');
  expect(codeOf(changed(12, 0))).toBe('PROJECT_UNREADABLE');
  const text = new TextDecoder('latin1').decode(bytes).replace('"$float32":[0,4]', '"$float32":[4,9]');
  expect(codeOf(Uint8Array.from(text, (c) => c.charCodeAt(0)))).toBe('PROJECT_UNREADABLE');
});
