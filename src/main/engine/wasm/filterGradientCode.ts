import { FunctionBuilder } from './assembler';

/** One image's part of a filter gradient, without padding. All steps and strides count floats. */
export interface FilterGradientShape {
  outHeight: number;
  outWidth: number;
  outChannels: number;
  /** From one output pixel to the one below or right of it, in x. */
  inRowStep: number;
  inColStep: number;
  /** The window: `rows` runs of `runLength` contiguous floats of x. */
  rows: number;
  rowStride: number;
  runLength: number;
}

const FLOAT = 4;
const BLOCK = 8;
const TAPS = 4;
const UNROLL = 4;
/** Output pixels between two visits of the same tile of dW: few enough that x and dY stay in the first cache. */
const CHUNK_PIXELS = 64;

/**
 * Code for run(x, dY, dW): dW[tap, co] += sum over pixels of x[pixel + tap] dY[pixel, co]. A tile of 4 taps by 8
 * channels is summed in registers over a chunk of pixels; taps of one row of the window are contiguous in x, so
 * nothing is copied or transposed.
 */
export function filterGradientCode(shape: FilterGradientShape): FunctionBuilder {
  const f = new FunctionBuilder(3);
  const [x, dy, dw] = [0, 1, 2] as const;
  const { outHeight, outWidth, outChannels, rows, runLength } = shape;
  const [xChunk, dyChunk, xTap, dwTap] = locals(f, 4);
  const emit = new TileEmitter(f, shape);

  const chunk = (height: number) => {
    f.point(dwTap!, dw, 0).point(xTap!, xChunk!, 0);
    const tiles = (taps: number) => {
      emit.blocks(height, taps, xTap!, dyChunk!, dwTap!);
      f.advance(xTap!, taps * FLOAT).advance(dwTap!, taps * outChannels * FLOAT);
    };
    f.repeat(rows, () => {
      f.repeat(Math.floor(runLength / TAPS), () => tiles(TAPS));
      if (runLength % TAPS > 0) tiles(runLength % TAPS);
      f.advance(xTap!, (shape.rowStride - runLength) * FLOAT);
    });
  };
  const height = Math.min(outHeight, Math.ceil(CHUNK_PIXELS / outWidth));
  f.point(xChunk!, x, 0).point(dyChunk!, dy, 0);
  f.repeat(Math.floor(outHeight / height), () => {
    chunk(height);
    f.advance(xChunk!, height * shape.inRowStep * FLOAT);
    f.advance(dyChunk!, height * outWidth * outChannels * FLOAT);
  });
  if (outHeight % height > 0) chunk(outHeight % height);
  return f;
}

function locals(f: FunctionBuilder, count: number): number[] {
  return Array.from({ length: count }, () => f.local('i32'));
}

class TileEmitter {
  private readonly sums: number[];
  private readonly columns: number[];
  private readonly element: number;
  private readonly pointers: number[];

  constructor(
    private readonly f: FunctionBuilder,
    private readonly shape: FilterGradientShape,
  ) {
    this.sums = Array.from({ length: (TAPS * BLOCK) / 4 }, () => f.local('v128'));
    this.columns = Array.from({ length: BLOCK / 4 }, () => f.local('v128'));
    this.element = f.local('v128');
    this.pointers = locals(f, 4);
  }

  /** All blocks of output channels, for some taps and one chunk of pixel rows. */
  blocks(height: number, taps: number, x: number, dy: number, dw: number): void {
    const { f } = this;
    const { outChannels } = this.shape;
    const [dyBlock, dwBlock] = this.pointers as [number, number];
    f.point(dyBlock, dy, 0).point(dwBlock, dw, 0);
    f.repeat(Math.floor(outChannels / BLOCK), () => {
      this.tile(height, taps, BLOCK, x, dyBlock, dwBlock);
      f.advance(dyBlock, BLOCK * FLOAT).advance(dwBlock, BLOCK * FLOAT);
    });
    if (outChannels % BLOCK > 0) this.tile(height, taps, outChannels % BLOCK, x, dyBlock, dwBlock);
  }

  private tile(height: number, taps: number, channels: number, x: number, dy: number, dw: number): void {
    const { f, shape } = this;
    const [, , a, b] = this.pointers as [number, number, number, number];
    const vectors = Math.ceil(channels / 4);
    const sumAt = (tap: number, v: number) => this.sums[tap * vectors + v]!;
    const eachSum = (body: (sum: number, offset: number, lanes: number) => void) => {
      for (let tap = 0; tap < taps; tap++)
        for (let v = 0; v < vectors; v++)
          body(sumAt(tap, v), (tap * shape.outChannels + v * 4) * FLOAT, channels - v * 4);
    };
    const pixels = (count: number) => {
      for (let pixel = 0; pixel < count; pixel++) {
        for (let v = 0; v < vectors; v++)
          f.get(b)
            .load((pixel * shape.outChannels + v * 4) * FLOAT)
            .set(this.columns[v]!);
        for (let tap = 0; tap < taps; tap++) {
          f.get(a)
            .loadSplat((pixel * shape.inColStep + tap) * FLOAT)
            .set(this.element);
          for (let v = 0; v < vectors; v++) f.multiplyAdd(sumAt(tap, v), this.element, this.columns[v]!);
        }
      }
      f.advance(a, count * shape.inColStep * FLOAT).advance(b, count * shape.outChannels * FLOAT);
    };
    eachSum((sum, offset) => f.get(dw).load(offset).set(sum));
    f.point(a, x, 0).point(b, dy, 0);
    f.repeat(height, () => {
      f.repeat(Math.floor(shape.outWidth / UNROLL), () => pixels(UNROLL));
      pixels(shape.outWidth % UNROLL);
      f.advance(a, (shape.inRowStep - shape.outWidth * shape.inColStep) * FLOAT);
    });
    eachSum((sum, offset, lanes) => f.storeLanes(dw, sum, offset, lanes));
  }
}
