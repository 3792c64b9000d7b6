import { FunctionBuilder } from './assembler';

/** One image's convolution without padding. All steps and strides count floats. */
export interface ConvolutionShape {
  outHeight: number;
  outWidth: number;
  outChannels: number;
  /** From one output pixel to the one below or right of it, in the input and in the output. */
  inRowStep: number;
  inColStep: number;
  outRowStep: number;
  outColStep: number;
  /** The window: runs of `runLength` contiguous floats, `runsAcross` to a row, `rows` rows. */
  rows: number;
  rowStride: number;
  runsAcross: number;
  runStride: number;
  runLength: number;
  activation: 'linear' | 'relu' | 'relu6';
}

/** Output channels to a block: two vectors. With 4 pixels that makes 8 sums, which with operands stay within 16 registers. */
export const BLOCK = 8;
const PIXELS = 4;
const FLOAT = 4;
const UNROLL = 4;
/** Weights up to this size stay in the second-level cache while the image streams past; beyond, the image does. */
const RESIDENT_BYTES = 1 << 18;

/** Floats that the packed weights take: [block of channels][k][BLOCK], the last block rounded up to whole vectors. */
export function packedWidth(outChannels: number): number {
  return Math.ceil(outChannels / 4) * 4;
}

/**
 * Code for run(input, packedWeights, bias, output). Each tile of up to 4 pixels by 8 channels is summed in registers
 * over the whole window; a window's row is one contiguous run of input, so no patch is ever copied.
 */
export function convolutionCode(shape: ConvolutionShape): FunctionBuilder {
  const f = new FunctionBuilder(4);
  const [input, weights, bias, output] = [0, 1, 2, 3] as const;
  const depth = shape.rows * shape.runsAcross * shape.runLength;
  const blocks = Math.floor(shape.outChannels / BLOCK);
  const rest = shape.outChannels % BLOCK;
  const tile = tileShape(shape.outHeight, shape.outWidth);

  const rowPointers = [f.local('i32'), f.local('i32')] as const;
  const blockPointers = [f.local('i32'), f.local('i32'), f.local('i32')] as const;
  const pointers = [f.local('i32'), f.local('i32')] as const;
  const emit = new TileEmitter(f, shape);

  /** All tiles of `height` pixel rows, for one block of channels. */
  const tileRow = (height: number, channels: number, inRow: number, outRow: number) => {
    const [a, out] = pointers;
    f.point(a, inRow, 0).point(out, outRow, 0);
    f.repeat(Math.floor(shape.outWidth / tile.width), () => {
      emit.tile(height, tile.width, channels, a, blockPointers[0], blockPointers[1], out);
      f.advance(a, tile.width * shape.inColStep * FLOAT).advance(out, tile.width * shape.outColStep * FLOAT);
    });
    const remaining = shape.outWidth % tile.width;
    if (remaining > 0) emit.tile(height, remaining, channels, a, blockPointers[0], blockPointers[1], out);
  };
  const eachBlock = (body: (channels: number) => void) => {
    const [w, b, n] = blockPointers;
    f.point(w, weights, 0).point(b, bias, 0).const(0).set(n);
    f.repeat(blocks, () => {
      body(BLOCK);
      f.advance(w, depth * BLOCK * FLOAT)
        .advance(b, BLOCK * FLOAT)
        .advance(n, BLOCK * FLOAT);
    });
    if (rest > 0) body(rest);
  };
  const eachRow = (body: (height: number) => void) => {
    const [inRow, outRow] = rowPointers;
    f.point(inRow, input, 0).point(outRow, output, 0);
    f.repeat(Math.floor(shape.outHeight / tile.height), () => {
      body(tile.height);
      f.advance(inRow, tile.height * shape.inRowStep * FLOAT);
      f.advance(outRow, tile.height * shape.outRowStep * FLOAT);
    });
    if (shape.outHeight % tile.height > 0) body(shape.outHeight % tile.height);
  };
  const [inRow, outRow] = rowPointers;
  const outBlock = f.local('i32');
  const oneTileRow = (height: number, channels: number) => {
    f.sum(outBlock, outRow, blockPointers[2]);
    tileRow(height, channels, inRow, outBlock);
  };
  if (depth * shape.outChannels * FLOAT <= RESIDENT_BYTES)
    eachRow((height) => eachBlock((channels) => oneTileRow(height, channels)));
  else eachBlock((channels) => eachRow((height) => oneTileRow(height, channels)));
  return f;
}

/** Pixels are tiled along a row; only images narrower than a tile take pixels from several rows. */
function tileShape(outHeight: number, outWidth: number): { height: number; width: number } {
  if (outWidth >= PIXELS / 2 + 1) {
    const tiles = Math.ceil(outWidth / PIXELS);
    return { height: 1, width: Math.ceil(outWidth / tiles) };
  }
  return { height: Math.min(outHeight, Math.floor(PIXELS / outWidth)), width: outWidth };
}

class TileEmitter {
  private readonly sums: number[];
  private readonly columns: number[];
  private readonly element: number;
  private readonly a: number;
  private readonly b: number;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly shape: ConvolutionShape,
  ) {
    this.sums = Array.from({ length: (PIXELS * BLOCK) / 4 }, () => f.local('v128'));
    this.columns = Array.from({ length: BLOCK / 4 }, () => f.local('v128'));
    this.element = f.local('v128');
    this.a = f.local('i32');
    this.b = f.local('i32');
  }

  tile(
    height: number,
    width: number,
    channels: number,
    input: number,
    weights: number,
    bias: number,
    output: number,
  ): void {
    const { f, shape, a, b } = this;
    const vectors = Math.ceil(channels / 4);
    const pixels = Array.from(
      { length: height * width },
      (_, i) => [Math.floor(i / width), i % width] as const,
    );
    const sumAt = (pixel: number, vector: number) => this.sums[pixel * vectors + vector]!;
    for (let v = 0; v < vectors; v++)
      pixels.forEach((_, p) => {
        f.get(bias)
          .load(v * 16)
          .set(sumAt(p, v));
      });
    f.point(a, input, 0).point(b, weights, 0);
    const offsets = pixels.map(([y, x]) => (y * shape.inRowStep + x * shape.inColStep) * FLOAT);
    const step = (k: number) => {
      for (let v = 0; v < vectors; v++)
        f.get(b)
          .load((k * vectors + v) * 16)
          .set(this.columns[v]!);
      offsets.forEach((offset, p) => {
        f.get(a)
          .loadSplat(offset + k * FLOAT)
          .set(this.element);
        for (let v = 0; v < vectors; v++) f.multiplyAdd(sumAt(p, v), this.element, this.columns[v]!);
      });
    };
    const run = (count: number) => {
      for (let k = 0; k < count; k++) step(k);
      f.advance(a, count * FLOAT).advance(b, count * vectors * 16);
    };
    f.repeat(shape.rows, () => {
      f.repeat(shape.runsAcross, () => {
        f.repeat(Math.floor(shape.runLength / UNROLL), () => run(UNROLL));
        run(shape.runLength % UNROLL);
        f.advance(a, (shape.runStride - shape.runLength) * FLOAT);
      });
      f.advance(a, (shape.rowStride - shape.runsAcross * shape.runStride) * FLOAT);
    });
    pixels.forEach(([y, x], p) => {
      const offset = (y * shape.outRowStep + x * shape.outColStep) * FLOAT;
      for (let v = 0; v < vectors; v++) this.storeSum(output, offset + v * 16, sumAt(p, v), channels - v * 4);
    });
  }

  private storeSum(output: number, offset: number, sum: number, lanes: number): void {
    const { f } = this;
    if (this.shape.activation !== 'linear') f.get(sum).constVector(0).maximum().set(sum);
    if (this.shape.activation === 'relu6') f.get(sum).constVector(6).minimum().set(sum);
    f.storeLanes(output, sum, offset, lanes);
  }
}
