/**
 * @file A small assembler for WebAssembly with SIMD. Kernels are written for one shape: loop counts, strides and
 * offsets become constants, so the inner loops hold nothing but loads and multiply-adds. Encodings:
 * https://webassembly.github.io/spec/core/binary/instructions.html
 *
 * @example
 * const f = new FunctionBuilder(2); // doubles four floats, from one address to another
 * f.get(1).get(0).load(0).get(0).load(0).add().store(0);
 */
const TYPES = { i32: 0x7f, v128: 0x7b } as const;

export class FunctionBuilder {
  private readonly code: number[] = [];
  private readonly locals: number[] = [];

  /** @param params how many i32 parameters the function takes: locals 0, 1, ... */
  constructor(readonly params: number) {}

  /** A new local variable, zero at the start. */
  local(type: keyof typeof TYPES): number {
    return this.params + this.locals.push(TYPES[type]) - 1;
  }

  get(local: number): this {
    return this.emit(0x20, ...unsigned(local));
  }
  set(local: number): this {
    return this.emit(0x21, ...unsigned(local));
  }
  const(value: number): this {
    return this.emit(0x41, ...signed(value));
  }
  /** local += bytes */
  advance(local: number, bytes: number): this {
    return bytes === 0 ? this : this.get(local).const(bytes).emit(0x6a).set(local);
  }
  /** to = from + bytes */
  point(to: number, from: number, bytes: number): this {
    this.get(from);
    if (bytes !== 0) this.const(bytes).emit(0x6a);
    return this.set(to);
  }
  /** to = a + b */
  sum(to: number, a: number, b: number): this {
    return this.get(a).get(b).emit(0x6a).set(to);
  }
  /** Four floats from the address on the stack, plus `bytes`. */
  load(bytes: number): this {
    return this.emit(0xfd, 0x00, 2, ...unsigned(bytes));
  }
  /** One float from the address on the stack, plus `bytes`, in all four lanes. */
  loadSplat(bytes: number): this {
    return this.emit(0xfd, 0x09, 2, ...unsigned(bytes));
  }
  /** One float from the address on the stack, plus `bytes`, in the first lane; zeros in the others. */
  loadZero(bytes: number): this {
    return this.emit(0xfd, 0x5c, 2, ...unsigned(bytes));
  }
  /** Puts the sum of a vector's lanes in its first lane. */
  sumLanes(vector: number): this {
    const shuffle = (...bytes: number[]) =>
      this.get(vector)
        .get(vector)
        .emit(0xfd, 0x0d, ...bytes);
    const lanes = (...order: number[]) =>
      order.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
    for (const order of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ])
      shuffle(...lanes(...order))
        .get(vector)
        .add()
        .set(vector);
    return this;
  }
  /** Stores the vector on the stack at the address below it, plus `bytes`. */
  store(bytes: number): this {
    return this.emit(0xfd, 0x0b, 2, ...unsigned(bytes));
  }
  constVector(value: number): this {
    const bytes = new Uint8Array(new Float32Array(4).fill(value).buffer);
    return this.emit(0xfd, 0x0c, ...bytes);
  }
  add(): this {
    return this.emit(0xfd, 0xe4, 0x01);
  }
  subtract(): this {
    return this.emit(0xfd, 0xe5, 0x01);
  }
  divide(): this {
    return this.emit(0xfd, 0xe7, 0x01);
  }
  multiply(): this {
    return this.emit(0xfd, 0xe6, 0x01);
  }
  minimum(): this {
    return this.emit(0xfd, 0xe8, 0x01);
  }
  maximum(): this {
    return this.emit(0xfd, 0xe9, 0x01);
  }
  /**
   * sum += a * b. Not the fused instruction of relaxed SIMD: it was no faster where measured, and without it every
   * machine gets the same result.
   */
  multiplyAdd(sum: number, a: number, b: number): this {
    return this.get(sum).get(a).get(b).multiply().add().set(sum);
  }
  /** Stores the first `lanes` lanes of a vector at `address` plus `bytes`. */
  storeLanes(address: number, vector: number, bytes: number, lanes: number): this {
    if (lanes >= 4) return this.get(address).get(vector).store(bytes);
    for (let lane = 0; lane < lanes; lane++)
      this.get(address)
        .get(vector)
        .emit(0xfd, 0x5a, 2, ...unsigned(bytes + lane * 4), lane);
    return this;
  }

  /** Runs `body` a constant number of times. */
  repeat(count: number, body: () => void): this {
    if (count <= 1) {
      if (count === 1) body();
      return this;
    }
    const counter = this.local('i32');
    this.const(count).set(counter).emit(0x03, 0x40);
    body();
    return this.get(counter)
      .const(1)
      .emit(0x6b, 0x22, ...unsigned(counter), 0x0d, 0, 0x0b);
  }

  /** The function's entry in the module's code section. */
  bytes(): number[] {
    const locals = this.locals.flatMap((type) => [1, type]);
    return sized([...unsigned(this.locals.length), ...locals, ...this.code, 0x0b]);
  }

  private emit(...bytes: number[]): this {
    for (const byte of bytes) this.code.push(byte);
    return this;
  }
}

/** The most that memory shared between threads may grow to: 2 GiB in pages of 64 KiB. */
export const MAX_SHARED_PAGES = 32768;

/** A module that imports a memory as `env.memory` and exports the function as `run`. */
export function assemble(f: FunctionBuilder, memory: 'own' | 'shared' = 'own'): Uint8Array<ArrayBuffer> {
  const limits = memory === 'own' ? [0x00, 0] : [0x03, 0, ...unsigned(MAX_SHARED_PAGES)];
  const type = [0x60, ...unsigned(f.params), ...new Array<number>(f.params).fill(TYPES.i32), 0];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(2, [1, ...text('env'), ...text('memory'), 0x02, ...limits]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0x00, 0]),
    ...section(10, [1, ...f.bytes()]),
  ]);
}

function section(id: number, content: number[]): number[] {
  return [id, ...sized(content)];
}

function sized(content: number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)]);
}

/** LEB128 */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}
