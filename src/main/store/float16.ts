/** @file IEEE 754 half precision: 1 sign bit, 5 of exponent (bias 15), 10 of mantissa. Log-odds are kept in it. */

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The nearest half, ties to the even mantissa; beyond 65,504 infinity, below 2^-25 zero. NaN stays NaN. */
export function toFloat16(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65,520, half way between the largest half and the next step, already rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: re-bias the exponent (127 to 15) and drop 13 bits; a carry out of the mantissa is right as it is.
    return sign | roundToEven(magnitude - 0x38000000, 13);
  }
  // Subnormal: the value in steps of 2^-24, from the mantissa with its hidden bit.
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign;
  return sign | roundToEven((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

function roundToEven(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** Exact: every half is a float32. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Halves as little-endian bytes, two a value. */
export function encodeFloat16(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setUint16(2 * i, toFloat16(values[i]!), true);
  return bytes;
}

export function decodeFloat16(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, i) =>
    fromFloat16(view.getUint16(2 * i, true)),
  );
}
