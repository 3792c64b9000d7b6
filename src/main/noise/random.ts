/**
 * @file Random numbers by counter: what is drawn depends on (seed, step, stream) and on nothing that was drawn before,
 * so a resumed run repeats exactly what an unbroken one does.
 */

/** xoshiro128** (Blackman and Vigna) with standard normals by the ziggurat of Marsaglia and Tsang (2000). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed of the run
   * @param step of the run, or any other counter
   * @param stream what the numbers are for: different names give independent numbers
   */
  constructor(seed: number, step: number, stream: string) {
    let mixed = mix(mix(0x9e3779b9, seed), Math.floor(seed / 2 ** 32));
    mixed = mix(mix(mixed, step), 0x51ed270b);
    for (let i = 0; i < stream.length; i++) mixed = mix(mixed, stream.charCodeAt(i));
    this.#a = mix(mixed, 1);
    this.#b = mix(mixed, 2);
    this.#c = mix(mixed, 3);
    // All four words zero is the one state the generator never leaves.
    this.#d = mix(mixed, 4) | 1;
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const b5 = Math.imul(this.#b, 5);
    const result = Math.imul((b5 << 7) | (b5 >>> 25), 9);
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in (low, high). */
  uniform(low = 0, high = 1): number {
    return low + ((this.bits() >>> 0) + 0.5) * 2 ** -32 * (high - low);
  }

  /** Uniform in {0, ..., count - 1}. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** One standard normal. */
  normal(): number {
    for (;;) {
      const bits = this.bits();
      // The layer from the low bits, the place in it from the high ones: they are independent.
      const layer = bits & (LAYERS - 1);
      const place = bits >> 8;
      const x = place * WIDTH[layer]!;
      if (Math.abs(place) < INSIDE[layer]!) return x;
      if (layer === 0) return this.#tail(place < 0);
      const height = HEIGHT[layer]! + this.uniform() * (HEIGHT[layer - 1]! - HEIGHT[layer]!);
      if (height < Math.exp(-0.5 * x * x)) return x;
    }
  }

  /** Fills an array with standard normals, times `scale`. */
  normals(out: Float32Array, scale = 1): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.normal() * scale;
    return out;
  }

  /** 0..count-1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  #tail(negative: boolean): number {
    for (;;) {
      const x = -Math.log(this.uniform()) / TAIL;
      const y = -Math.log(this.uniform());
      if (y + y >= x * x) return negative ? -(TAIL + x) : TAIL + x;
    }
  }
}

/** One round of MurmurHash3's finaliser over a running hash. */
function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ (value | 0), 0x85ebca6b) + 0x6a09e667;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

// 128 layers of equal area under exp(-x^2/2); TAIL and AREA are the constants of the paper.
const LAYERS = 128;
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;
const PLACES = 2 ** 23;
const INSIDE = new Float64Array(LAYERS);
const WIDTH = new Float64Array(LAYERS);
const HEIGHT = new Float64Array(LAYERS);
{
  let edge = TAIL;
  let previous = TAIL;
  const base = AREA / Math.exp(-0.5 * edge * edge);
  INSIDE[0] = (edge / base) * PLACES;
  INSIDE[1] = 0;
  WIDTH[0] = base / PLACES;
  WIDTH[LAYERS - 1] = edge / PLACES;
  HEIGHT[0] = 1;
  HEIGHT[LAYERS - 1] = Math.exp(-0.5 * edge * edge);
  for (let i = LAYERS - 2; i >= 1; i--) {
    edge = Math.sqrt(-2 * Math.log(AREA / edge + Math.exp(-0.5 * edge * edge)));
    INSIDE[i + 1] = (edge / previous) * PLACES;
    previous = edge;
    HEIGHT[i] = Math.exp(-0.5 * edge * edge);
    WIDTH[i] = edge / PLACES;
  }
}
