import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16, fromFloat16, toFloat16 } from '../../../src/main/store/float16';

/** Bit patterns by the definition of IEEE 754 binary16, worked out by hand. */
const EXACT: [string, number, number][] = [
  ['zero', 0, 0x0000],
  ['negative zero', -0, 0x8000],
  ['one', 1, 0x3c00],
  ['minus two', -2, 0xc000],
  ['a third, rounded', 0.333251953125, 0x3555],
  ['the largest', 65504, 0x7bff],
  ['the least normal', 2 ** -14, 0x0400],
  ['the largest subnormal', 1023 * 2 ** -24, 0x03ff],
  ['the least subnormal', 2 ** -24, 0x0001],
  ['infinity', Number.POSITIVE_INFINITY, 0x7c00],
  ['minus infinity', Number.NEGATIVE_INFINITY, 0xfc00],
];

const ROUNDED: [string, number, number][] = [
  ['half way above one goes to the even one', 1 + 2 ** -11, 0x3c00],
  ['half way above that goes up to the even', 1 + 3 * 2 ** -11, 0x3c02],
  ['just more than half way goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ['a carry reaches the exponent', 2 - 2 ** -12, 0x4000],
  ['below half way to the next step the largest stays', 65519.99, 0x7bff],
  ['from half way on it is infinity', 65520, 0x7c00],
  ['half the least subnormal goes to the even zero', 2 ** -25, 0x0000],
  ['more than half of it goes up', 2 ** -25 * 1.0001, 0x0001],
  ['one and a half of it goes to the even two', 1.5 * 2 ** -24, 0x0002],
  ['a subnormal that rounds up becomes normal', 1023.5 * 2 ** -24, 0x0400],
  ['the least float32 vanishes', 2 ** -149, 0x0000],
  ['the largest float32 is infinity', 3.4e38, 0x7c00],
];

describe('float16', () => {
  it.each(EXACT)('writes and reads %s exactly', (_name, value, half) => {
    expect(toFloat16(value)).toBe(half);
    expect(Object.is(fromFloat16(half), value)).toBe(true);
  });

  it.each(ROUNDED)('rounds to nearest even: %s', (_name, value, half) => {
    expect(toFloat16(value)).toBe(half);
    expect(toFloat16(-value)).toBe(half | 0x8000);
  });

  it('keeps NaN', () => {
    expect(fromFloat16(toFloat16(Number.NaN))).toBeNaN();
  });

  it('gives every one of the 65,536 halves back', () => {
    const changed = Array.from({ length: 65_536 }, (_, half) => half).filter((half) => {
      const value = fromFloat16(half);
      return !Number.isNaN(value) && toFloat16(value) !== half;
    });
    expect(changed).toEqual([]);
  });

  it('takes the nearest of all halves for any value in range', () => {
    const step = (value: number) => 2 ** Math.max(Math.floor(Math.log2(Math.abs(value) || 1e-9)) - 10, -24);
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        expect(Math.abs(fromFloat16(toFloat16(value)) - value)).toBeLessThanOrEqual(step(value) / 2);
      }),
    );
  });

  it('packs two little-endian bytes a value', () => {
    expect([...encodeFloat16(new Float32Array([1, -2]))]).toEqual([0x00, 0x3c, 0x00, 0xc0]);
    expect([...decodeFloat16(new Uint8Array([0x00, 0x3c, 0x00, 0xc0]))]).toEqual([1, -2]);
  });
});
